import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isFromOutside, isPureGlobal } from '../body/callees.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { ADDERS, CHAINERS, RESUMERS } from '../syntax/method-names.ts';
import {
  functionAround,
  isAssignment,
  isAsync,
  isFunctionNode,
  isGenerator,
  isLogical,
  returnsOf,
  unwrap,
} from '../syntax/nodes.ts';
import { type QuietCalls, quietCalls } from './begun-calls.ts';
import { collectSources } from './collect-sources.ts';
import { callbacksByName, isMemberOfThis, isResolver, mayKeepArguments, returnsEscape } from './escapes.ts';
import { COMBINATORS, type Finds, type Follower, followValues } from './follow-values.ts';
import { usesMembers } from './uses-of-values.ts';

/**
 * Pass 2. Finds which un-awaited calls give promises that the function uses later: their value flows into an `await`, a
 * combinator, a `.then` or a `return`. The flow goes backwards from those uses over local names, in two levels: a value
 * that is used as a promise, and a collection whose members are.
 *
 * Too much is safe, too little is not: a call found here that returns no promise costs an event, a call missed would run
 * again on every replay.
 */
export interface PromiseFlow {
  /** Operands of `await`, branches of conditionals taken apart. */
  readonly awaited: ReadonlySet<ts.Expression>;
  /** Those of them that an async generator yields or returns: seldom a promise, unlike what stands behind `await`. */
  readonly handedOut: ReadonlySet<ts.Expression>;
  /** Calls that aren't awaited where they stand, but whose promise is used. */
  readonly started: ReadonlySet<ts.Expression>;
  /** Those of them whose value is used as an object as well: `p.cancel()`. */
  readonly membersUsed: ReadonlySet<ts.Expression>;
  /** What an async function returns: it waits for it, whatever kind of promise it is. */
  readonly returned: ReadonlySet<ts.Expression>;
  /** What a combinator is given that is no call, and made outside: `Promise.all([db.ready])`. */
  readonly reads: ReadonlySet<ts.Expression>;
  /** Names of functions handed to `map` and the like, whose results are used as promises. */
  readonly references: ReadonlySet<ts.Expression>;
  /** Other calls whose value may be a promise, or hold one. */
  readonly quiet: QuietCalls;
}

export function trackPromises(body: Body): PromiseFlow {
  const { file, durable } = body;
  const { ts, bindings } = file;
  const awaited = new Set<ts.Expression>();
  const handedOut = new Set<ts.Expression>();
  const started = new Set<ts.Expression>();
  const returned = new Set<ts.Expression>();
  const reads = new Set<ts.Expression>();
  const references = new Set<ts.Expression>();
  const sources = collectSources(body, false);
  const finds: Finds = { call: (call) => started.add(call), reference: (name) => references.add(name) };
  let { demand, demandMember, addToMember, holdInMember }: Follower = followValues(
    body,
    sources,
    awaited,
    finds,
    false,
  );
  file.nodes.walk(durable.node, collectDemands);
  const quiet = quietCalls(body, awaited, returned, started, references, (follower) => {
    ({ demand, demandMember, addToMember, holdInMember } = follower);
    file.nodes.walk(durable.node, collectDemands);
  });
  const membersUsed = new Set([...started].filter((call) => usesMembers(file, call)));
  return { awaited, handedOut, started, membersUsed, returned, reads, references, quiet };

  function collectDemands(node: ts.Node): void {
    if (ts.isAwaitExpression(node)) awaitTail(node.expression);
    else if (ts.isForOfStatement(node) && node.awaitModifier) demand(node.expression, 'collection');
    else if (ts.isYieldExpression(node) && node.expression) {
      const around = functionAround(ts, node);
      if (node.asteriskToken) demand(node.expression, 'collection');
      // An async generator awaits what it yields.
      else if (around && isAsync(ts, around)) awaitTail(node.expression, handedOut);
      else demand(node.expression, 'promise');
    } else if (ts.isCallExpression(node)) {
      for (const callback of callbacksByName(body, node)) references.add(callback);
      const [settling] = node.arguments;
      if (settling && isResolver(body, node.expression)) {
        returnTail(settling);
        demand(settling, 'promise');
      }
      const origin = originOf(file, node.expression);
      const callee = unwrap(ts, node.expression);
      // What an iterator written here is resumed with, it may await.
      if (ts.isPropertyAccessExpression(callee) && RESUMERS.has(callee.name.text))
        for (const argument of node.arguments) demand(argument, 'promise');
      if (origin && COMBINATORS.test(origin))
        for (const argument of node.arguments) {
          demand(argument, 'collection');
          collectReads(argument);
        }
      else if (ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text))
        demand(node, 'promise');
      else if (ts.isPropertyAccessExpression(callee) && ADDERS.has(callee.name.text))
        addToMember(callee.expression, node.arguments);
    }
    if (ts.isPropertyDeclaration(node) && node.initializer) holdInMember(node.name, node.initializer);
    else if (ts.isBinaryExpression(node) && isAssignment(ts, node) && isMemberOfThis(body, node.left)) {
      const member = unwrap(ts, node.left);
      holdInMember(ts.isPropertyAccessExpression(member) ? member.name : undefined, node.right);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (mayKeepArguments(body, node)) for (const argument of node.arguments ?? []) demandMember(argument);
    }
    if (isFunctionNode(ts, node) && isGenerator(node) && isAsync(ts, node)) {
      // It awaits what it returns, unlike an async function, whose `try` doesn't see the rejection.
      for (const value of returnsOf(ts, node)) awaitTail(value, handedOut);
    } else if (isFunctionNode(ts, node) && node.body && !isGenerator(node)) {
      const escapes = node !== durable.node && returnsEscape(body, node);
      for (const value of returnsOf(ts, node)) {
        if (isAsync(ts, node)) returnTail(value);
        if (isAsync(ts, node) || escapes) demand(value, 'promise');
        // Who calls it may wait for what the returned object holds.
        if (escapes) demand(value, 'collection');
      }
    }
  }

  function returnTail(expression: ts.Expression): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      returnTail(node.whenTrue);
      returnTail(node.whenFalse);
    } else if (
      ts.isBinaryExpression(node) &&
      (isLogical(ts, node) || node.operatorToken.kind === ts.SyntaxKind.CommaToken)
    ) {
      returnTail(node.right);
    } else if (!ts.isIdentifier(node) || mayBeThenable(node)) returned.add(node);
  }

  /** Whether a name may stand for what a call gave, or comes from outside. */
  function mayBeThenable(name: ts.Identifier, asked = new Set<Binding>()): boolean {
    const binding = bindings.resolve(name);
    if (!binding || asked.has(binding)) return false;
    asked.add(binding);
    if (!body.isLocal(binding)) return true;
    return (sources.get(binding) ?? []).some(({ from, relation }) => relation === 'same' && isCalled(from));

    function isCalled(expression: ts.Expression): boolean {
      const value = unwrap(ts, expression);
      if (ts.isIdentifier(value)) return mayBeThenable(value, asked);
      if (ts.isConditionalExpression(value)) return isCalled(value.whenTrue) || isCalled(value.whenFalse);
      if (ts.isBinaryExpression(value)) return isCalled(value.left) || isCalled(value.right);
      return ts.isCallExpression(value) && !isPureGlobal(file, value.expression);
    }
  }

  function awaitTail(expression: ts.Expression, kind = awaited): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      awaitTail(node.whenTrue, kind);
      awaitTail(node.whenFalse, kind);
    } else if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      demand(node.left, 'promise');
      awaitTail(node.right, kind);
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken)
      awaitTail(node.right, kind);
    else if (ts.isBinaryExpression(node) && isAssignment(ts, node)) demand(node.right, 'promise');
    else {
      kind.add(node);
      awaited.add(node);
      demand(node, 'promise');
    }
  }

  function collectReads(iterable: ts.Expression): void {
    const list = unwrap(ts, iterable);
    for (const element of ts.isArrayLiteralExpression(list) ? list.elements : []) {
      const value = unwrap(ts, element);
      const read =
        ts.isIdentifier(value) || ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value);
      if (read && isFromOutside(body, value)) reads.add(value);
    }
  }
}
