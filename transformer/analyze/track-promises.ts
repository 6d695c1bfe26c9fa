import type ts from 'typescript';
import type { Binding } from './bindings.ts';
import type { Body } from './body.ts';
import { isBuiltinRead } from './builtins.ts';
import {
  isBindCall,
  isFormatterCall,
  isFromOutside,
  isHelperCall,
  isPureGlobal,
  localFunctionOf,
  originOf,
} from './callees.ts';
import { collectSources } from './collect-sources.ts';
import {
  callbacksByName,
  isMemberOfThis,
  isRejecter,
  isResolver,
  mayKeepArguments,
  returnsEscape,
} from './escapes.ts';
import { ADDERS, CHAINERS, RESUMERS } from './method-names.ts';
import {
  functionAround,
  isAssignment,
  isAsync,
  isClosure,
  isFunctionNode,
  isGenerator,
  isImportCall,
  isLogical,
  returnsOf,
  unwrap,
} from './syntax.ts';

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
  /** What an async function returns: it waits for it, whatever kind of promise it is. */
  readonly returned: ReadonlySet<ts.Expression>;
  /** What a combinator is given that is no call, and made outside: `Promise.all([db.ready])`. */
  readonly reads: ReadonlySet<ts.Expression>;
  /** Names of functions handed to `map` and the like, whose results are used as promises. */
  readonly references: ReadonlySet<ts.Expression>;
}

type Level = 'promise' | 'collection';
const COMBINATORS = /^Promise\.(all|allSettled|race|any)$/;

export function trackPromises(body: Body): PromiseFlow {
  const { file, durable } = body;
  const { ts, bindings } = file;
  const awaited = new Set<ts.Expression>();
  const handedOut = new Set<ts.Expression>();
  const started = new Set<ts.Expression>();
  const returned = new Set<ts.Expression>();
  const reads = new Set<ts.Expression>();
  const references = new Set<ts.Expression>();
  const sources = collectSources(body);
  const marked = { promise: new Set<Binding>(), collection: new Set<Binding>() };
  const seen = { promise: new Set<ts.Node>(), collection: new Set<ts.Node>() };

  /** What the collections that objects hold are made of, `this.jobs.push(f())`, and which of those are waited for. */
  const held = new Map<string, (() => void)[]>();
  const demandedMembers = new Set<string>();

  file.nodes.walk(durable.node, collectDemands);
  return { awaited, handedOut, started, returned, reads, references };

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

  function demand(expression: ts.Expression, level: Level): void {
    const node = unwrap(ts, expression);
    if (seen[level].has(node)) return;
    seen[level].add(node);
    if (ts.isIdentifier(node)) demandName(node, level);
    else if (ts.isConditionalExpression(node)) {
      demand(node.whenTrue, level);
      demand(node.whenFalse, level);
    } else if (ts.isBinaryExpression(node)) {
      if (isLogical(ts, node)) demand(node.left, level);
      if (
        isLogical(ts, node) ||
        isAssignment(ts, node) ||
        node.operatorToken.kind === ts.SyntaxKind.CommaToken
      )
        demand(node.right, level);
    } else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      demandHeld(node);
      demand(node.expression, 'collection');
    } else if (ts.isSpreadElement(node)) demand(node.expression, 'collection');
    else if (ts.isAwaitExpression(node) && level === 'collection') demand(node.expression, level);
    // What a literal holds is used only where the literal is used as a collection: `await [f()]` waits for nothing.
    else if (ts.isArrayLiteralExpression(node)) {
      if (level === 'collection') for (const element of node.elements) demandMember(element);
    } else if (ts.isObjectLiteralExpression(node)) {
      if (level === 'promise') return;
      for (const property of node.properties) {
        if (ts.isPropertyAssignment(property)) demandMember(property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) demandMember(property.name);
        else if (ts.isSpreadAssignment(property)) demand(property.expression, 'collection');
      }
    } else if (ts.isNewExpression(node) && level === 'collection')
      for (const argument of node.arguments ?? []) demand(argument, level);
    else if (ts.isCallExpression(node) && !isImportCall(ts, node)) demandCall(node, level);
    else if (ts.isTaggedTemplateExpression(node) && level === 'promise' && !awaited.has(node))
      started.add(node);
  }

  function addToMember(receiver: ts.Expression, values: readonly ts.Expression[]): void {
    const node = unwrap(ts, receiver);
    if (!ts.isPropertyAccessExpression(node) || !isMemberOfThis(body, node)) return;
    for (const value of values) whenDemanded(node.name.text, () => demandMember(value));
  }

  function holdInMember(name: ts.Node | undefined, value: ts.Expression): void {
    demand(value, 'promise');
    if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)))
      whenDemanded(name.text, () => demand(value, 'collection'));
  }

  function whenDemanded(member: string, follow: () => void): void {
    if (demandedMembers.has(member)) follow();
    else held.set(member, [...(held.get(member) ?? []), follow]);
  }

  /** By the name of the member alone: which object it is of is not known. */
  function demandHeld(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): void {
    if (!ts.isPropertyAccessExpression(node) || demandedMembers.has(node.name.text)) return;
    demandedMembers.add(node.name.text);
    for (const follow of held.get(node.name.text) ?? []) follow();
  }

  function demandMember(expression: ts.Expression): void {
    if (ts.isSpreadElement(expression)) return demand(expression.expression, 'collection');
    demand(expression, 'promise');
    demand(expression, 'collection');
  }

  function demandName(name: ts.Identifier, level: Level): void {
    const binding = bindings.resolve(name);
    if (!binding || !body.isLocal(binding) || marked[level].has(binding)) return;
    marked[level].add(binding);
    for (const { from, relation } of sources.get(binding) ?? []) {
      if (relation === 'same') demand(from, level);
      else if (relation === 'element') demand(from, 'collection');
      else if (level === 'collection') demandMember(from);
    }
  }

  function demandCall(call: ts.CallExpression, level: Level): void {
    const target = localFunctionOf(body, call.expression);
    if (target) {
      if (!isAsync(ts, target) || level === 'collection')
        for (const value of returnsOf(ts, target)) demand(value, level);
      return;
    }
    if (isHelperCall(body, call) || level === 'collection') return demandHelper(call, level);
    // Both give undefined; what they are called with is demanded where they are.
    if (isSettlerCall(call)) return;
    if (isFormatterCall(body, call) || isBindCall(body, call) || isBuiltinRead(file, call.expression)) return;
    const origin = originOf(file, call.expression);
    if (origin && COMBINATORS.test(origin)) return;
    if (isPureGlobal(file, call.expression)) {
      // `Promise.resolve(f())` is the promise of f; other builtins hand on what their arguments hold.
      const inner = origin?.startsWith('Promise.') ? 'promise' : 'collection';
      for (const argument of call.arguments) demand(argument, inner);
      const receiver = unwrap(ts, call.expression);
      if (ts.isPropertyAccessExpression(receiver)) demand(receiver.expression, 'promise');
      return;
    }
    // An awaited call is a step where it stands; what it takes its promises from is followed all the same.
    if (!awaited.has(call)) started.add(call);
    demandReceiver(unwrap(ts, call.expression));
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

  function isSettlerCall({ expression }: ts.CallExpression): boolean {
    return !isPureGlobal(file, expression) && (isResolver(body, expression) || isRejecter(body, expression));
  }

  /** What a call is made on: `f()` in `f().g()` may start work, `p` in `p.then(...)` is a promise made elsewhere. */
  function demandReceiver(callee: ts.Expression): void {
    if (ts.isCallExpression(callee)) return demand(callee, 'promise');
    if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return;
    const chained = ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
    let receiver = unwrap(ts, callee.expression);
    demand(receiver, chained ? 'promise' : 'collection');
    while (ts.isPropertyAccessExpression(receiver) || ts.isElementAccessExpression(receiver))
      receiver = unwrap(ts, receiver.expression);
    if (ts.isCallExpression(receiver)) demand(receiver, 'promise');
  }

  /** A synchronous helper whose result is used as a promise, or as a collection of promises. */
  function demandHelper(call: ts.CallExpression, level: Level): void {
    const callee = unwrap(ts, call.expression);
    if (ts.isElementAccessExpression(callee)) demand(callee.expression, 'collection');
    else if (ts.isPropertyAccessExpression(callee)) {
      if (isPureGlobal(file, callee)) for (const argument of call.arguments) demand(argument, 'collection');
      else demand(callee.expression, 'collection');
    }
    for (const argument of call.arguments) {
      if (ts.isPropertyAccessExpression(callee) && ADDERS.has(callee.name.text)) demandMember(argument);
      const value = unwrap(ts, argument);
      if (isClosure(ts, value)) {
        if (isAsync(ts, value)) continue;
        for (const result of returnsOf(ts, value)) {
          demand(result, 'promise');
          demand(result, level);
        }
      } else if (
        ts.isPropertyAccessExpression(callee) &&
        /^(map|flatMap|from|fromAsync)$/.test(callee.name.text)
      ) {
        if (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value)) {
          const isCallback = callee.name.text.startsWith('from')
            ? call.arguments[1] === argument
            : call.arguments[0] === argument;
          if (isCallback && !localFunctionOf(body, value) && !isPureGlobal(file, value))
            references.add(value);
        }
      }
    }
  }
}
