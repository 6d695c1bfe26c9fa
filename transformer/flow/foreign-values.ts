import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isForeign, isFromOutside } from '../body/callees.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { isAsync, isClosure, returnsOf, rootOf, unwrap } from '../syntax/nodes.ts';
import { collectSources, type ValueSource } from './collect-sources.ts';

/**
 * Values that code outside of the durable function has made, and that a local name stands for: members of instances of
 * imported classes (`await client.ready`), and what lists of the module hold (`for (const p of pending) await p`). A promise
 * among them is none of the function's, and what it gives has to be recorded.
 */

const known = new WeakMap<Body, ReadonlyMap<Binding, readonly ValueSource[]>>();

function sourcesOf(body: Body): ReadonlyMap<Binding, readonly ValueSource[]> {
  const before = known.get(body);
  if (before) return before;
  const sources = collectSources(body, true);
  known.set(body, sources);
  return sources;
}

/** Whether a promise that an expression gives surely comes from elsewhere. What is a call, or begins outside, is looked at by others. */
export function isPromiseFromElsewhere(body: Body, expression: ts.Expression): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const root = rootOf(ts, node);
    return ts.isIdentifier(root) && !isFromOutside(body, node) && isHeldElsewhere(body, root);
  }
  if (!ts.isIdentifier(node)) return false;
  return everySource(body, node, ({ from, relation }, asked) =>
    relation === 'element'
      ? isHeldElsewhere(body, from, asked)
      : relation === 'same' && isMemberElsewhere(body, from, asked),
  );
}

/** Whether a list, or an object, was made elsewhere. */
export function isHeldElsewhere(body: Body, expression: ts.Expression, asked = new Set<Binding>()): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isNewExpression(node)) return isInstanceFromElsewhere(body, node);
  if (ts.isArrayLiteralExpression(node))
    return (
      node.elements.length > 0 &&
      node.elements.every((one) => ts.isSpreadElement(one) && isHeldElsewhere(body, one.expression, asked))
    );
  if (ts.isCallExpression(node)) {
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return false;
    const [list] = node.arguments;
    if (/^(Object\.values|Array\.from)$/.test(originOf(body.file, callee) ?? ''))
      return node.arguments.length === 1 && list !== undefined && isHeldElsewhere(body, list, asked);
    // `names.map((name) => new Client(name))`
    const closure = callee.name.text === 'map' && list && unwrap(ts, list);
    if (closure && isClosure(ts, closure) && !isAsync(ts, closure)) {
      const made = returnsOf(ts, closure).map((value) => unwrap(ts, value));
      return (
        made.length > 0 && made.every((one) => ts.isNewExpression(one) && isInstanceFromElsewhere(body, one))
      );
    }
    return PARTS.test(callee.name.text) && isHeldElsewhere(body, callee.expression, asked);
  }
  if (isMemberElsewhere(body, node, asked)) return true;
  if (!ts.isIdentifier(node)) return false;
  return everySource(
    body,
    node,
    ({ from, relation }, now) => relation !== 'member' && isHeldElsewhere(body, from, now),
    asked,
  );
}

const PARTS = /^(slice|filter|concat|values|toReversed|toSorted|flat|with)$/;

/** A name of the module that is no function or class, or what it holds. */
function isMemberElsewhere(body: Body, expression: ts.Expression, asked: Set<Binding>): boolean {
  const { ts, bindings } = body.file;
  const node = unwrap(ts, expression);
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return false;
  const root = rootOf(ts, node);
  if (!ts.isIdentifier(root)) return false;
  const binding = bindings.resolve(root);
  if (!binding) return false;
  if (!body.isLocal(binding)) return isFromOutside(body, node);
  return node !== root && isHeldElsewhere(body, root, asked);
}

/** `new Client()` of a class that isn't written in the function, nor made by the language. */
export function isInstanceFromElsewhere(body: Body, node: ts.NewExpression): boolean {
  const { ts, bindings } = body.file;
  const root = rootOf(ts, node.expression);
  return ts.isIdentifier(root) && bindings.resolve(root) !== undefined && isForeign(body, node.expression);
}

function everySource(
  body: Body,
  name: ts.Identifier,
  test: (source: ValueSource, asked: Set<Binding>) => boolean,
  asked = new Set<Binding>(),
): boolean {
  const binding = body.file.bindings.resolve(name);
  if (!binding || !body.isLocal(binding) || asked.has(binding)) return false;
  const sources = sourcesOf(body).get(binding) ?? [];
  asked.add(binding);
  const all = sources.length > 0 && sources.every((source) => test(source, asked));
  asked.delete(binding);
  return all;
}
