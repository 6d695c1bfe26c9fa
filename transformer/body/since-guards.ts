import type ts from 'typescript';
import { originOf } from '../file/origins.ts';
import { isFunctionNode, unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** The names that `since` takes: with a letter first, they can't be taken for the number of a site. */
const SINCE_NAME = /^[A-Za-z][\w.-]*$/;

/**
 * Which code of a durable function runs only where `since('name')` is true: the new branch. Its sites have the name in their
 * ids, so that the sites of all other code keep the ids that they had before the branch was written. The old branch is other
 * code.
 */
export class SinceGuards {
  private readonly body: Body;
  /** Whether the file may call `since` at all. */
  private readonly used: boolean;
  private readonly known = new Map<ts.Node, string | undefined>();

  constructor(body: Body) {
    this.body = body;
    this.used = body.file.sourceFile.text.includes('since');
  }

  /** The name of the innermost `since` that has to be true where a node is; undefined if there is none. */
  of(node: ts.Node): string | undefined {
    if (!this.used) return undefined;
    const climbed: ts.Node[] = [];
    let name: string | undefined;
    for (let at = node; at !== this.body.durable.node && at.parent; at = at.parent) {
      if (this.known.has(at)) {
        name = this.known.get(at);
        break;
      }
      climbed.push(at);
      name = this.guardOf(at);
      if (name !== undefined) break;
    }
    for (const at of climbed) this.known.set(at, name);
    return name;
  }

  /** The `since` that its parent, or a statement before it, requires of a node. */
  private guardOf(node: ts.Node): string | undefined {
    const { ts } = this.body.file;
    const { parent } = node;
    if (ts.isIfStatement(parent) && node !== parent.expression)
      return this.required(parent.expression, node === parent.thenStatement);
    if (ts.isConditionalExpression(parent) && node !== parent.condition)
      return this.required(parent.condition, node === parent.whenTrue);
    if (ts.isBinaryExpression(parent) && node === parent.right) {
      const { kind } = parent.operatorToken;
      if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return this.required(parent.left, true);
      if (kind === ts.SyntaxKind.BarBarToken) return this.required(parent.left, false);
      return undefined;
    }
    if (ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent))
      return this.leftBefore(parent.statements, node);
    return undefined;
  }

  /** `if (!since('name')) return ...;` before a statement. */
  private leftBefore(statements: readonly ts.Statement[], node: ts.Node): string | undefined {
    const { ts } = this.body.file;
    let name: string | undefined;
    for (const statement of statements) {
      if (statement === node) return name;
      if (!ts.isIfStatement(statement)) continue;
      const { expression, thenStatement, elseStatement } = statement;
      if (this.leaves(thenStatement)) name = this.required(expression, false) ?? name;
      else if (elseStatement && this.leaves(elseStatement)) name = this.required(expression, true) ?? name;
    }
    return undefined;
  }

  private leaves(statement: ts.Statement): boolean {
    const { ts } = this.body.file;
    const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
    return last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last));
  }

  /** The name of the `since` that is true where a condition has this value. */
  private required(condition: ts.Expression, value: boolean): string | undefined {
    const { ts, bindings } = this.body.file;
    const node = unwrap(ts, condition);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
      return this.required(node.operand, !value);
    if (ts.isBinaryExpression(node)) {
      const both = value ? ts.SyntaxKind.AmpersandAmpersandToken : ts.SyntaxKind.BarBarToken;
      if (node.operatorToken.kind !== both) return undefined;
      return this.required(node.right, value) ?? this.required(node.left, value);
    }
    if (!value) return undefined;
    if (ts.isCallExpression(node)) return sinceName(this.body, node);
    const declaration = ts.isIdentifier(node) ? bindings.resolve(node)?.declaration : undefined;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    const isConst = (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
    return isConst && !isFunctionNode(ts, unwrap(ts, declaration.initializer))
      ? this.required(declaration.initializer, true)
      : undefined;
  }
}

const isSince = ({ file }: Body, call: ts.CallExpression): boolean =>
  originOf(file, call.expression) === 'use-durable#since';

/** The name in `since('name')`; undefined for every other call, and where it isn't a literal. */
export function sinceName(body: Body, call: ts.CallExpression): string | undefined {
  const [argument] = call.arguments;
  const isLiteral = argument !== undefined && body.file.ts.isStringLiteralLike(argument);
  return isLiteral && SINCE_NAME.test(argument.text) && isSince(body, call) ? argument.text : undefined;
}
