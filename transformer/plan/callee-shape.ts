import type ts from 'typescript';
import type { Template } from '../base/plan.ts';
import { staticKey, unwrap } from '../syntax/nodes.ts';
import type { Planner } from './planner.ts';

/** The callee: a value, possibly with a separate `this`, or a member of a receiver. */
export type CalleeShape =
  | { readonly kind: 'value'; readonly fn: ts.Expression; readonly self: string | undefined }
  | { readonly kind: 'member'; readonly receiver: ts.Expression; readonly key: string | ts.Expression };

export function calleeShape(planner: Planner, callee: ts.Expression): CalleeShape {
  const { ts } = planner.file;
  const node = unwrap(ts, callee);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return { kind: 'value', fn: callee, self: undefined };
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return { kind: 'value', fn: node, self: 'this' };
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name)) {
    const base = unwrap(ts, node.expression);
    return { kind: 'value', fn: node, self: base.getText(planner.file.sourceFile) };
  }
  const key = staticKey(ts, node);
  if (key !== undefined) return { kind: 'member', receiver: node.expression, key: JSON.stringify(key) };
  return {
    kind: 'member',
    receiver: node.expression,
    key: (node as ts.ElementAccessExpression).argumentExpression,
  };
}

/** The callee as arguments of the runtime function that the text `before` calls. */
export function calleeTemplate(shape: CalleeShape, before: string, after: string): Template {
  if (shape.kind === 'value') {
    return {
      parts: [before, `${shape.self === undefined ? '' : `, ${shape.self}`}${after}`],
      holes: [shape.fn],
    };
  }
  if (typeof shape.key === 'string')
    return { parts: [before, `, ${shape.key}${after}`], holes: [shape.receiver] };
  return { parts: [before, ', ', after], holes: [shape.receiver, shape.key] };
}
