import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isFromOutside, isPureGlobal } from '../body/callees.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import type { Binding, Bindings } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { ADDERS, CHAINERS, RESUMERS } from '../syntax/method-names.ts';
import {
  type FunctionNode,
  functionAround,
  isAssignment,
  isAsync,
  isFunctionNode,
  isGenerator,
  isLogical,
  returnsOf,
  unwrap,
} from '../syntax/nodes.ts';
import type { ValueSource } from './collect-sources.ts';
import { collectSources, sourcesOf } from './collect-sources.ts';
import { callbacksByName, isMemberOfThis, isResolver, mayKeepArguments, returnsEscape } from './escapes.ts';
import { COMBINATORS, type Finds, type Follower, followValues } from './follow-values.ts';
import { type PossibleSteps, possibleSteps } from './possible-steps.ts';
import { usesMembers } from './value-uses.ts';

/**
 * Pass 2. Finds calls that are not awaited in place and return promises that the function uses later: their value flows into an
 * `await`, a combinator, a `.then` or a `return`. The flow goes backwards from these uses over local names, on two levels: a
 * value that is used as a promise, and a collection of promises.
 *
 * To find too many calls is safe, to find too few is not. A call that returns no promise costs one event. A call that is not
 * found would run again on each replay.
 */
export interface PromiseFlow {
  /** Operands of `await`. Conditionals are taken apart into their branches. */
  readonly awaited: ReadonlySet<ts.Expression>;
  /** Those of them that an async generator yields or returns. These are rarely promises, unlike other operands. */
  readonly handedOut: ReadonlySet<ts.Expression>;
  /** Calls that aren't awaited in place, but whose promise is used. */
  readonly started: ReadonlySet<ts.Expression>;
  /** Those of them whose value is also used as an object: `p.cancel()`. */
  readonly membersUsed: ReadonlySet<ts.Expression>;
  /** Return values of async functions, which wait for any kind of promise. */
  readonly returned: ReadonlySet<ts.Expression>;
  /** Elements of the list of a combinator that are not calls and come from outside: `Promise.all([db.ready])`. */
  readonly reads: ReadonlySet<ts.Expression>;
  /** Names of functions that are passed to `map` and the like, and whose results are used as promises. */
  readonly references: ReadonlySet<ts.Expression>;
  /** Names, members and spread lists whose value may be a promise from outside, where the use of the value doesn't show that. */
  readonly offered: ReadonlySet<ts.Expression>;
  /** Other calls whose value may be a promise, or contain one. */
  readonly possible: PossibleSteps;
}

export function trackPromises(body: Body): PromiseFlow {
  return new PromiseTracker(body).run();
}

class PromiseTracker {
  private readonly body: Body;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly awaited = new Set<ts.Expression>();
  private readonly handedOut = new Set<ts.Expression>();
  private readonly started = new Set<ts.Expression>();
  private readonly returned = new Set<ts.Expression>();
  private readonly reads = new Set<ts.Expression>();
  private readonly references = new Set<ts.Expression>();
  private readonly offered = new Set<ts.Expression>();
  private readonly sources: ReadonlyMap<Binding, readonly ValueSource[]>;
  private follower: Follower;
  /** Follows what known packages wait for. Calls in it are found elsewhere. */
  private readonly offers: Follower;

  constructor(body: Body) {
    this.body = body;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    const { ts, bindings } = file;
    this.ts = ts;
    this.bindings = bindings;
    this.sources = collectSources(body, false);
    const finds: Finds = {
      call: (call) => this.started.add(call),
      reference: (name) => this.references.add(name),
      offered: (value) => this.offered.add(value),
    };
    this.follower = followValues(body, this.sources, this.awaited, finds, false);
    const none = (): void => {};
    const offers = { ...finds, call: none, reference: none };
    this.offers = followValues(body, sourcesOf(body), this.awaited, offers, true);
  }

  run(): PromiseFlow {
    const { file, durable, body, awaited, returned, started, references, handedOut, reads, offered } = this;
    file.nodes.walk(durable.node, (one) => this.collectDemands(one));
    const possible = possibleSteps(body, awaited, returned, started, references, (follower) => {
      this.follower = follower;
      file.nodes.walk(durable.node, (one) => this.collectDemands(one));
    });
    const membersUsed = new Set([...started].filter((call) => usesMembers(file, call)));
    return { awaited, handedOut, started, membersUsed, returned, reads, references, offered, possible };
  }

  private collectDemands(node: ts.Node): void {
    const { ts } = this;
    if (ts.isAwaitExpression(node)) this.awaitTail(node.expression);
    else if (ts.isForOfStatement(node) && node.awaitModifier)
      this.follower.demand(node.expression, 'collection');
    else if (ts.isYieldExpression(node)) this.collectYield(node);
    else if (ts.isCallExpression(node)) this.collectCall(node);
    this.collectHeld(node);
    if (isFunctionNode(ts, node)) this.collectReturns(node);
  }

  private collectYield(node: ts.YieldExpression): void {
    const { ts, handedOut } = this;
    if (!node.expression) return;
    const around = functionAround(ts, node);
    if (node.asteriskToken) this.follower.demand(node.expression, 'collection');
    // An async generator awaits what it yields.
    else if (around && isAsync(ts, around)) this.awaitTail(node.expression, handedOut);
    else this.follower.demand(node.expression, 'promise');
  }

  private collectCall(node: ts.CallExpression): void {
    const { ts, body, file, references } = this;
    for (const callback of callbacksByName(body, node)) references.add(callback);
    if (isSchedulerCall(body, node))
      for (const argument of node.arguments) this.offers.demand(argument, 'collection');
    const [settling] = node.arguments;
    if (settling && isResolver(body, node.expression)) {
      this.returnTail(settling);
      this.follower.demand(settling, 'promise');
    }
    const origin = originOf(file, node.expression);
    const callee = unwrap(ts, node.expression);
    const method = ts.isPropertyAccessExpression(callee) ? callee : undefined;
    // An iterator written here may await the value that it is resumed with.
    if (method && RESUMERS.has(method.name.text))
      for (const argument of node.arguments) this.follower.demand(argument, 'promise');
    if (origin && COMBINATORS.test(origin))
      for (const argument of node.arguments) {
        this.follower.demand(argument, 'collection');
        this.collectReads(argument);
      }
    else if (method && CHAINERS.has(method.name.text)) {
      this.follower.demand(node, 'promise');
      if (isFromOutside(body, method.expression)) this.follower.offer(method.expression);
    } else if (method && ADDERS.has(method.name.text))
      this.follower.addToMember(method.expression, node.arguments);
  }

  /** Values that members of objects hold, or that a call may keep. */
  private collectHeld(node: ts.Node): void {
    const { ts, body } = this;
    if (ts.isPropertyDeclaration(node) && node.initializer)
      this.follower.holdInMember(node.name, node.initializer);
    else if (ts.isBinaryExpression(node) && isAssignment(ts, node) && isMemberOfThis(body, node.left)) {
      const member = unwrap(ts, node.left);
      this.follower.holdInMember(ts.isPropertyAccessExpression(member) ? member.name : undefined, node.right);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (mayKeepArguments(body, node))
        for (const argument of node.arguments ?? []) this.follower.demandMember(argument);
    }
  }

  private collectReturns(node: FunctionNode): void {
    const { ts, body, durable, handedOut } = this;
    if (isGenerator(node)) {
      // An async generator awaits its return value. An async function doesn't: its `try` doesn't catch the rejection.
      if (isAsync(ts, node)) for (const value of returnsOf(ts, node)) this.awaitTail(value, handedOut);
      return;
    }
    if (!node.body) return;
    const escapes = node !== durable.node && returnsEscape(body, node);
    for (const value of returnsOf(ts, node)) {
      if (isAsync(ts, node)) this.returnTail(value);
      if (isAsync(ts, node) || escapes) this.follower.demand(value, 'promise');
      // The caller may await members of the returned object.
      if (escapes) this.follower.demand(value, 'collection');
    }
  }

  private returnTail(expression: ts.Expression): void {
    const { ts, returned } = this;
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      this.returnTail(node.whenTrue);
      this.returnTail(node.whenFalse);
    } else if (
      ts.isBinaryExpression(node) &&
      (isLogical(ts, node) || node.operatorToken.kind === ts.SyntaxKind.CommaToken)
    ) {
      this.returnTail(node.right);
    } else if (!ts.isIdentifier(node) || this.mayBeThenable(node)) returned.add(node);
  }

  /** Whether a name may refer to the return value of a call, or comes from outside. */
  private mayBeThenable(name: ts.Identifier, asked = new Set<Binding>()): boolean {
    const { bindings, body, sources, ts, file } = this;
    const binding = bindings.resolve(name);
    if (!binding || asked.has(binding)) return false;
    asked.add(binding);
    if (!body.isLocal(binding)) return true;
    const isCalled = (expression: ts.Expression): boolean => {
      const value = unwrap(ts, expression);
      if (ts.isIdentifier(value)) return this.mayBeThenable(value, asked);
      if (ts.isConditionalExpression(value)) return isCalled(value.whenTrue) || isCalled(value.whenFalse);
      if (ts.isBinaryExpression(value)) return isCalled(value.left) || isCalled(value.right);
      return ts.isCallExpression(value) && !isPureGlobal(file, value.expression);
    };
    return (sources.get(binding) ?? []).some(({ from, relation }) => relation === 'same' && isCalled(from));
  }

  private awaitTail(expression: ts.Expression, kind = this.awaited): void {
    const { awaited, ts } = this;
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      this.awaitTail(node.whenTrue, kind);
      this.awaitTail(node.whenFalse, kind);
    } else if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      this.follower.offer(node.left);
      this.follower.demand(node.left, 'promise');
      this.awaitTail(node.right, kind);
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken)
      this.awaitTail(node.right, kind);
    else if (ts.isBinaryExpression(node) && isAssignment(ts, node)) {
      this.follower.offer(node.right);
      this.follower.demand(node.right, 'promise');
    } else {
      kind.add(node);
      awaited.add(node);
      this.follower.demand(node, 'promise');
    }
  }

  private collectReads(iterable: ts.Expression): void {
    const { ts, body, reads } = this;
    const list = unwrap(ts, iterable);
    for (const element of ts.isArrayLiteralExpression(list) ? list.elements : []) {
      const value = unwrap(ts, element);
      const read =
        ts.isIdentifier(value) || ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value);
      if (read && isFromOutside(body, value)) reads.add(value);
    }
  }
}
