import type ts from 'typescript';
import { functionKey } from '../base/plan.ts';
import { type FunctionNode, isFunctionNode, unwrap } from '../syntax/nodes.ts';
import type { FileContext } from './file-context.ts';

/**
 * Finds code that this compiler has compiled before, also if it was minified, bundled or converted since: the tables, whose
 * keys never change, and the functions that use them. A bundle may contain compiled functions and others.
 */
export class CompiledCode {
  /** The keys of the functions with a table. */
  readonly ids: ReadonlySet<string>;
  private readonly functions: ReadonlySet<ts.Node>;

  constructor(file: FileContext) {
    const ids = new Set<string>();
    const functions = new Set<ts.Node>();
    this.ids = ids;
    this.functions = functions;
    const { ts, sourceFile, nodes } = file;
    if (!MAY_HAVE_TABLE.test(sourceFile.text)) return;
    nodes.walk(sourceFile, (node) => {
      const table = tableAt(file, node);
      if (!table) return;
      ids.add(functionKey(table));
      for (const use of table.name ? nodes.usesOf(table.name) : []) {
        if (!ts.isCallExpression(use.parent) || use.parent.expression === use) continue;
        for (let at: ts.Node = use.parent; at && !isAround(at, node); at = at.parent)
          if (isFunctionNode(ts, at)) functions.add(at);
      }
    });
  }

  get isEmpty(): boolean {
    return this.ids.size === 0;
  }

  has(node: FunctionNode): boolean {
    return this.functions.has(node);
  }
}

const MAY_HAVE_TABLE = /\bsteps["']?\s*:\s*\[/;

const KEYS = ['id', 'file', 'line', 'column', 'steps'];

/** `var $main = $durable.define({ id, file, line, column, steps, ... })`. */
function tableAt(
  { ts }: FileContext,
  node: ts.Node,
): { readonly id: string; readonly number?: number; readonly name: ts.Identifier | undefined } | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [table] = node.arguments;
  if (!table || !ts.isObjectLiteralExpression(table)) return undefined;
  const entries = new Map<string, ts.Expression>();
  for (const property of table.properties) {
    const named = ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name);
    if (named) entries.set(property.name.text, property.initializer);
  }
  const id = entries.get('id');
  if (!id || !ts.isStringLiteralLike(id) || KEYS.some((key) => !entries.has(key))) return undefined;
  const number = entries.get('number');
  const numbered = number && ts.isNumericLiteral(number) ? { number: Number(number.text) } : {};
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name))
    return { id: id.text, ...numbered, name: parent.name };
  const left = ts.isBinaryExpression(parent) && parent.right === node ? unwrap(ts, parent.left) : undefined;
  return { id: id.text, ...numbered, name: left && ts.isIdentifier(left) ? left : undefined };
}

const isAround = (outer: ts.Node, inner: ts.Node): boolean =>
  outer.pos <= inner.pos && outer.end >= inner.end;
