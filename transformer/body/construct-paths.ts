import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isFunctionNode } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** The constructs around nodes of one function, the outermost first: `for/if.then/closure`. */
export class ConstructPaths {
  private readonly ts: TypeScript;
  private readonly known = new Map<ts.Node, string>();

  constructor({ file, durable }: Body) {
    this.ts = file.ts;
    // Nodes directly in the function are in no construct.
    file.ts.forEachChild(durable.node, (child) => void this.known.set(child, ''));
  }

  of(node: ts.Node): string {
    // Each ancestor is visited once: many sites may be deep in one sum.
    const climbed: ts.Node[] = [];
    let at = node;
    for (; !this.known.has(at) && at.parent; at = at.parent) climbed.push(at);
    let path = this.known.get(at) ?? '';
    for (let child = climbed.pop(); child; child = climbed.pop()) {
      const part = partOf(this.ts, child.parent, child);
      if (part !== undefined) path = path === '' ? part : `${path}/${part}`;
      this.known.set(child, path);
    }
    return path;
  }
}

/**
 * The part of a construct in which a node is; undefined if the construct doesn't decide whether or how often the node is
 * reached.
 */
function partOf(typescript: typeof ts, parent: ts.Node, child: ts.Node): string | undefined {
  const ts = typescript;
  if (ts.isIfStatement(parent)) {
    if (child === parent.expression) return undefined;
    return child === parent.thenStatement ? 'if.then' : 'if.else';
  }
  if (ts.isConditionalExpression(parent)) {
    if (child === parent.condition) return undefined;
    return child === parent.whenTrue ? '?.then' : '?.else';
  }
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent))
    return child === parent.statement ? 'for' : undefined;
  if (ts.isForStatement(parent)) return child === parent.initializer ? undefined : 'for';
  if (ts.isWhileStatement(parent)) return 'while';
  if (ts.isDoStatement(parent)) return 'do';
  if (ts.isTryStatement(parent)) return child === parent.tryBlock ? 'try' : 'finally';
  if (ts.isCatchClause(parent)) return 'catch';
  if (ts.isCaseOrDefaultClause(parent)) return `case ${parent.parent.clauses.indexOf(parent)}`;
  if (isFunctionNode(ts, parent)) return 'closure';
  return undefined;
}
