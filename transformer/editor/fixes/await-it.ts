import type ts from 'typescript';
import type { TypeScript } from '../../base/typescript.ts';
import { wrapped } from '../../syntax/nodes.ts';
import { awaitingFunction, before, type Fix, type FixMaker, insert } from './fix.ts';

/** UD3007, UD3012: `await` before the call, in place of a `void`. */
export const awaitIt: FixMaker = ({ ts, node }) => {
  const whole = chainOf(ts, node as ts.Expression);
  if (!awaitingFunction(ts, whole)) return undefined;
  return inAllOf(ts, whole) ?? { title: 'Await it', edits: awaited(ts, whole) };
};

function awaited(ts: TypeScript, whole: ts.Expression): Fix['edits'] {
  const outer = wrapped(ts, whole);
  if (!ts.isVoidExpression(outer.parent)) return before(ts, whole, 'await ');
  return [{ start: outer.parent.getStart(), length: 'void'.length, text: 'await' }];
}

/** The promise with its handlers: `work().catch(() => {})` is awaited as a whole. */
function chainOf(ts: TypeScript, node: ts.Expression): ts.Expression {
  let at = node;
  for (;;) {
    const { parent } = at;
    const isHandled =
      ts.isPropertyAccessExpression(parent) &&
      parent.expression === at &&
      /^(then|catch|finally)$/.test(parent.name.text) &&
      ts.isCallExpression(parent.parent) &&
      parent.parent.expression === parent;
    if (!isHandled) return at;
    at = parent.parent as ts.CallExpression;
  }
}

/** `list.forEach(work)` and `list.map(work)`, whose promises nobody has: all of them are awaited. */
function inAllOf(ts: TypeScript, whole: ts.Expression): Fix | undefined {
  const callee = ts.isCallExpression(whole) ? whole.expression : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee) || callee.questionDotToken) return undefined;
  const { text } = callee.name;
  if (text !== 'forEach' && text !== 'map') return undefined;
  const [start, end] = [whole.getStart(), whole.end];
  const name = { start: callee.name.getStart(), length: text.length, text: 'map' };
  const outer = wrapped(ts, whole).parent;
  const isVoid = ts.isVoidExpression(outer);
  const from = isVoid ? outer.getStart() : start;
  const head = { start: from, length: start - from, text: 'await Promise.all(' };
  return {
    title: 'Await all of them',
    edits: [head, ...(text === 'map' ? [] : [name]), insert(end, ')')],
  };
}
