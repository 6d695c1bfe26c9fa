import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isForeign, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { collectSources } from '../flow/collect-sources.ts';
import { COMBINATORS } from '../flow/follow-values.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { contains, isAsync, isClosure, isLogical, returnsOf, staticKey, unwrap } from '../syntax/nodes.ts';

/** What is known of such promises, for who knows by types that they are some. */
export interface TakenPromises {
  /** The call that gave the object which an expression is a part of, if a replay would make that again. */
  takenFrom(expression: ts.Expression): ts.CallExpression | undefined;
  /** Whether a call outside of steps is one of something outside of the function. */
  isAskedOutside(call: ts.CallExpression): boolean;
  readonly reported: ReadonlySet<ts.Node>;
}

/**
 * Reports promises that are taken out of what a call outside of steps gave: `const { text } = ask(); await text`. A replay
 * makes the call again, unless the one promise is all that is used of the object (see `isHandle` in `quiet-calls.ts`).
 */
export function checkTakenPromises(body: Body, { awaited, returned, quiet }: PromiseFlow): TakenPromises {
  const { file, durable } = body;
  const { ts, bindings, nodes, reporter } = file;
  const steps = body.stepCode.flat();
  const sources = collectSources(body, true);
  /** The names on the way to the one that is looked at. */
  const asked = new Set<Binding>();
  /** What was found for a name, so that one with many uses and many values is looked at once. */
  const takenByName = new Map<Binding, ts.CallExpression | undefined>();
  const madeByName = new Map<Binding, ts.CallExpression | undefined>();
  const reported = new Set<ts.Node>();

  nodes.walk(durable.node, (node) => {
    if (ts.isAwaitExpression(node)) check(node.expression);
    else if (ts.isCallExpression(node)) checkCall(node);
  });
  return { takenFrom, isAskedOutside: (call) => isAskedOutside(call) && !isInStep(call), reported };

  function checkCall(call: ts.CallExpression): void {
    const callee = unwrap(ts, call.expression);
    if (COMBINATORS.test(originOf(file, callee) ?? '')) {
      const [first] = call.arguments;
      const list = first && unwrap(ts, first);
      if (list && ts.isArrayLiteralExpression(list)) for (const element of list.elements) check(element);
      else if (list && ts.isCallExpression(list) && isHelperCall(body, list)) checkMapped(list);
      // A call that stands there itself is only warned of, by `checkEffects`: it may be a helper that gives data.
      else if (list && !ts.isCallExpression(list)) report(list, madeBy(list));
    } else if (ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text))
      check(callee.expression);
  }

  /** `Promise.all(xs.map(() => ask().text))` */
  function checkMapped({ arguments: [callback] }: ts.CallExpression): void {
    const closure = callback && unwrap(ts, callback);
    if (closure && isClosure(ts, closure) && !isAsync(ts, closure)) returnsOf(ts, closure).forEach(check);
  }

  /** An expression that is used as a promise. */
  function check(expression: ts.Expression): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      check(node.whenTrue);
      check(node.whenFalse);
    } else if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      check(node.left);
      check(node.right);
    } else if (ts.isSpreadElement(node)) report(node, madeBy(node.expression));
    else report(node, takenFrom(node));
  }

  function report(node: ts.Expression, call: ts.CallExpression | undefined): void {
    if (!call || isInStep(node)) return;
    reported.add(node);
    reporter.report(
      'takenPromise',
      node,
      node.getText(file.sourceFile),
      call.expression.getText(file.sourceFile),
    );
  }

  function isInStep(node: ts.Node): boolean {
    return steps.some((step) => contains(step, node));
  }

  /** The call that gave the object which this is a part of. */
  function takenFrom(expression: ts.Expression): ts.CallExpression | undefined {
    const node = unwrap(ts, expression);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      // `await ask().text` is one step, and so is `return ask().text`.
      if (ts.isCallExpression(startOf(node)) && isWaitedFor(node)) return undefined;
      const call = madeBy(node.expression) ?? spreadInto(node) ?? takenFrom(node.expression);
      return call && !isKeptWhole(node, call) && !isSettledHere(node.expression) ? call : undefined;
    }
    if (!ts.isIdentifier(node)) return undefined;
    return once(takenByName, node, () =>
      throughName(node, ({ from, relation }) => {
        if (relation === 'same') return takenFrom(from);
        return relation === 'element' && !isSettledHere(node) ? madeBy(from) : undefined;
      }),
    );
  }

  /** The call outside of steps that gave a value. */
  function madeBy(expression: ts.Expression): ts.CallExpression | undefined {
    const node = unwrap(ts, expression);
    if (ts.isIdentifier(node))
      return once(madeByName, node, () =>
        throughName(node, ({ from, relation }) => (relation === 'same' ? madeBy(from) : undefined)),
      );
    if (ts.isConditionalExpression(node)) return madeBy(node.whenTrue) ?? madeBy(node.whenFalse);
    if (ts.isBinaryExpression(node) && isLogical(ts, node)) return madeBy(node.left) ?? madeBy(node.right);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return heldBy(node);
    if (!ts.isCallExpression(node) || awaited.has(node)) return undefined;
    const inner = localFunctionOf(body, node.expression);
    if (inner) return isAsync(ts, inner) ? undefined : firstOf(returnsOf(ts, inner), madeBy);
    return isAskedOutside(node) ? node : undefined;
  }

  /** `r.text` with `const r = { ...ask() }`. */
  function spreadInto(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  ): ts.CallExpression | undefined {
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (!ts.isIdentifier(owner)) return undefined;
    return throughName(owner, ({ from }) => {
      const value = unwrap(ts, from);
      if (
        !ts.isObjectLiteralExpression(value) ||
        value.properties.some(({ name }) => name?.getText() === key)
      )
        return undefined;
      return firstOf(value.properties, (part) =>
        ts.isSpreadAssignment(part) ? madeBy(part.expression) : undefined,
      );
    });
  }

  /** `o.r` with `const o = { r: ask() }`. */
  function heldBy(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  ): ts.CallExpression | undefined {
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (!ts.isIdentifier(owner) || key === undefined) return undefined;
    return throughName(owner, ({ from }) => {
      const value = unwrap(ts, from);
      if (!ts.isObjectLiteralExpression(value)) return undefined;
      return firstOf(value.properties, (property) => {
        if (!property.name || !ts.isIdentifier(property.name) || property.name.text !== key) return undefined;
        if (ts.isPropertyAssignment(property)) return madeBy(property.initializer);
        return ts.isShorthandPropertyAssignment(property) ? madeBy(property.name) : undefined;
      });
    });
  }

  function startOf(node: ts.Expression): ts.Expression {
    let at = node;
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = unwrap(ts, at.expression);
    return at;
  }

  function once(
    known: Map<Binding, ts.CallExpression | undefined>,
    name: ts.Identifier,
    find: () => ts.CallExpression | undefined,
  ): ts.CallExpression | undefined {
    const binding = bindings.resolve(name);
    // On the way to another name the search stops at those on the way, which says nothing of this one alone.
    if (!binding || asked.size > 0) return find();
    if (!known.has(binding)) known.set(binding, find());
    return known.get(binding);
  }

  function throughName(
    name: ts.Identifier,
    follow: (source: {
      from: ts.Expression;
      relation: 'same' | 'member' | 'element';
    }) => ts.CallExpression | undefined,
  ): ts.CallExpression | undefined {
    const binding = bindings.resolve(name);
    if (!binding || !body.isLocal(binding) || asked.has(binding)) return undefined;
    asked.add(binding);
    const found = firstOf(sources.get(binding) ?? [], follow);
    asked.delete(binding);
    return found;
  }

  function isAskedOutside(call: ts.CallExpression): boolean {
    const callee = unwrap(ts, call.expression);
    if (isPureGlobal(file, callee) || isHelperCall(body, call)) return false;
    if (/^(use-durable#|(Promise|Reflect)\.)/.test(originOf(file, callee) ?? '')) return false;
    if (isForeign(body, callee)) return true;
    // `api.stream()` with `const api = connect()`
    if (!ts.isPropertyAccessExpression(callee) || CHAINERS.has(callee.name.text)) return false;
    return madeBy(callee.expression) !== undefined;
  }

  /** Whether this read is all that is used of what the call gave. */
  function isKeptWhole(read: ts.Expression, call: ts.CallExpression): boolean {
    return isWaitedFor(read) && quiet.calls.get(call)?.mode === 'handle';
  }

  /** An async function waits for what it returns. */
  function isWaitedFor(read: ts.Expression): boolean {
    return awaited.has(read) || returned.has(read);
  }

  /** `const { promise, resolve } = pDefer()`: the function itself settles the promise. */
  function isSettledHere(expression: ts.Expression): boolean {
    const node = unwrap(ts, expression);
    const declaration = ts.isIdentifier(node) ? bindings.resolve(node)?.declaration : undefined;
    if (!declaration || !ts.isIdentifier(node)) return false;
    const holder = ts.isBindingElement(declaration) ? declaration.parent : undefined;
    if (holder && ts.isObjectBindingPattern(holder))
      return holder.elements.some(({ propertyName, name }) =>
        isSettler((propertyName ?? name).getText(file.sourceFile)),
      );
    return nodes
      .usesOf(node)
      .some(({ parent }) => ts.isPropertyAccessExpression(parent) && isSettler(parent.name.text));
  }
}

const isSettler = (name: string): boolean => name === 'resolve' || name === 'reject';

function firstOf<T, R>(list: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
