import type ts from 'typescript';
import { isFunctionNode, isLogical } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Conditions that decide whether code is reached. In a loop they decide which round is the first, the second and so on. */
export class Guards {
  private readonly body: Body;
  private readonly prints: Fingerprints;

  /** Of blocks: the conditions, and how many of them come before each statement. */
  private readonly skips = new Map<
    ts.Node,
    { readonly found: readonly string[]; readonly counts: ReadonlyMap<ts.Node, number> }
  >();

  constructor(body: Body, prints: Fingerprints) {
    this.body = body;
    this.prints = prints;
  }

  /** The conditions by which a node in a loop is reached from its parent; undefined if there are none. */
  inLoop(child: ts.Node): readonly string[] | undefined {
    const { ts } = this.body.file;
    const isStatement = ts.isBlock(child.parent) || ts.isCaseOrDefaultClause(child.parent);
    const branch = this.branch(child);
    if ((branch.length === 0 && !isStatement) || !this.isInLoop(child)) return undefined;
    const found = [...branch, ...this.skippedBy(child)];
    return found.length === 0 ? undefined : [this.prints.hashed(found)];
  }

  /** The conditions around a node in its function. */
  around(node: ts.Node): readonly string[] {
    const { ts } = this.body.file;
    const found: string[] = [];
    for (let at = node; at.parent && !isFunctionNode(ts, at.parent); at = at.parent)
      found.push(...this.branch(at));
    return found;
  }

  private branch(child: ts.Node): readonly string[] {
    const { ts } = this.body.file;
    const { parent } = child;
    if (ts.isIfStatement(parent))
      return child === parent.expression
        ? []
        : [child === parent.thenStatement ? 'if' : 'else', this.prints.print(parent.expression)];
    if (ts.isConditionalExpression(parent))
      return child === parent.condition
        ? []
        : [child === parent.whenTrue ? 'if' : 'else', this.prints.print(parent.condition)];
    if (ts.isBinaryExpression(parent) && isLogical(ts, parent))
      return child === parent.right
        ? [ts.tokenToString(parent.operatorToken.kind) ?? '', this.prints.print(parent.left)]
        : [];
    if (ts.isCaseOrDefaultClause(parent)) {
      const chosen = this.prints.print(parent.parent.parent.expression);
      return ts.isCaseClause(parent)
        ? child === parent.expression
          ? []
          : ['case', chosen, this.prints.print(parent.expression)]
        : ['default', chosen];
    }
    return ts.isCatchClause(parent) ? ['catch'] : [];
  }

  /** `if (x) continue;` before a statement. */
  private skippedBy(child: ts.Node): readonly string[] {
    const { ts } = this.body.file;
    const { parent } = child;
    if (!ts.isBlock(parent) && !ts.isCaseOrDefaultClause(parent)) return [];
    if (!this.skips.has(parent)) {
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if (isFunctionNode(ts, node)) return;
        if (ts.isContinueStatement(node)) found.push('continue', ...this.around(node));
        ts.forEachChild(node, visit);
      };
      const counts = new Map<ts.Node, number>();
      for (const statement of parent.statements) {
        counts.set(statement, found.length);
        visit(statement);
      }
      this.skips.set(parent, { found, counts });
    }
    const { found, counts } = this.skips.get(parent)!;
    return found.slice(0, counts.get(child) ?? 0);
  }

  private isInLoop(node: ts.Node): boolean {
    const { ts } = this.body.file;
    for (let at = node.parent; at && !isFunctionNode(ts, at); at = at.parent)
      if (ts.isIterationStatement(at, false)) return true;
    return false;
  }
}
