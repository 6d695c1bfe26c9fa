import { types } from 'node:util';
import { primitiveOf } from '../api/primitives.ts';
import {
  assertFunction,
  Callee,
  calledBy,
  callLink,
  classify,
  type Missing,
  present,
  shownName,
  takesCallbacks,
} from '../functions/callee.ts';
import type { AnyFunction, Definition } from '../functions/definitions.ts';
import { isIntrinsic } from '../functions/intrinsics.ts';
import { policyOf } from '../functions/policy.ts';
import { checkChange } from '../run/captured-writes.ts';
import { handOver, insideStep } from '../run/context.ts';
import { withDeadlines } from '../run/deadlines.ts';
import { type Reading, readingOf } from '../run/read-positions.ts';
import { isStandIn, originalOf, originalsIn } from '../run/recreated-objects.ts';
import { isGated } from '../run/replay-safe-console.ts';
import type { Given } from '../run/step-arguments.ts';
import { isForeignThenable } from '../run/thenables.ts';
import { isOwn, own } from '../run/workflow-promises.ts';
import { checkHeld } from '../run/working-objects.ts';
import { type Beginning, Calls, isQuiet } from './begun-calls.ts';
import {
  checkCallback,
  checkTimers,
  handedTo,
  inBody,
  isScheduler,
  rememberScheduler,
  Scheduling,
} from './closure-schedulers.ts';
import { disposalOf } from './disposal.ts';
import { resumable } from './iteration.ts';
import { type CombinatorKind, combine, insideStepScope, passThrough } from './pass-through.ts';
import { awaitStep, beginStep, chainStep } from './steps.ts';
import { Waits } from './waits.ts';

type Link = (head: unknown) => unknown;

/** What compiled code calls on its `$`: a scope, or a stand-in that passes everything straight through. */
export type DurableScope = Pick<
  Scope,
  Exclude<keyof Scope, 'openFor' | 'begin' | 'beginChain' | 'schedule' | 'made'>
>;

/**
 * One invocation of a durable function, or of an async closure in it. Calls get their keys here and are told apart:
 * workflow code is called as it stands, the outcome of foreign code is recorded.
 */
export class Scope extends Waits {
  /** An awaited call: `await $.call("f", f)(x)`. Whatever foreign code returns, the outcome is recorded. */
  call(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    if (insideStep()) return passThrough(this.definition, 'inStep').call(id, fn, thisArg);
    return (...args) => this.#perform(id, fn, thisArg, args, 'await');
  }

  /** As `call`, for `await receiver[key](x)`; the method is read before the arguments are evaluated. */
  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.call(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  /** `await f?.(x)`, compiled to `await $.optional("f", f)?.(x)`. */
  optional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.call(id, fn, thisArg);
  }

  /** `await receiver?.[key](x)`, `await receiver[key]?.(x)`, or both. */
  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.call(id, callee.fn, receiver);
  }

  /** A call that isn't awaited where it stands, but whose value may be later. See `beginStep`. */
  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    return this.begin(id, fn, thisArg, 'start');
  }

  begin(id: string, fn: unknown, thisArg: unknown, beginning: Beginning): AnyFunction {
    if (insideStep()) return passThrough(this.definition, 'inStep').call(id, fn, thisArg);
    return (...args) => this.#perform(id, fn, thisArg, args, beginning);
  }

  /** Calls whose value may be a promise, though most often it is none: `$.maybe.start("work", work)(1)`. */
  get maybe(): Calls {
    return new Calls(this, 'maybe');
  }

  /** Calls whose promise is used, and members of what they give as well. */
  get used(): Calls {
    return new Calls(this, 'used');
  }

  /** Calls whose value goes to code elsewhere. */
  get handed(): Calls {
    return new Calls(this, 'handed');
  }

  /** Calls whose value goes to code elsewhere, several times. */
  get passed(): Calls {
    return new Calls(this, 'passed');
  }

  /** Calls of whose value members are used. */
  get object(): Calls {
    return new Calls(this, 'object');
  }

  /** Calls whose value is there for one awaited call or read of a member. */
  get handle(): Calls {
    return new Calls(this, 'handle');
  }

  /** Calls of what only calls closures, and runs in the workflow. */
  get scheduler(): Scheduling {
    return new Scheduling(this);
  }

  /** Calls whose value is there for several of these. */
  get shared(): Calls {
    return new Calls(this, 'shared');
  }

  startMethod(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.start(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  startOptional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.start(id, fn, thisArg);
  }

  startOptionalMethod(
    id: string,
    receiver: unknown,
    key: PropertyKey,
    missing: Missing,
  ): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.start(id, callee.fn, receiver);
  }

  /** A whole promise chain as one step: `callee` is a function, or what `ref` and `bound` give. */
  chain(id: string, callee: unknown, args: readonly unknown[], link: Link): unknown {
    return this.beginChain(id, callee, args, link, 'await');
  }

  /** As `chain`, where a `?.` may have cut the callee short, and then the arguments and links as well. */
  optionalChain(
    id: string,
    callee: unknown,
  ): ((args: readonly unknown[], link: Link) => unknown) | undefined {
    return callee === undefined
      ? undefined
      : (args, link) => this.beginChain(id, callee, args, link, 'await');
  }

  startOptionalChain(
    id: string,
    callee: unknown,
  ): ((args: readonly unknown[], link: Link) => unknown) | undefined {
    return callee === undefined
      ? undefined
      : (args, link) => this.beginChain(id, callee, args, link, 'start');
  }

  /** As `chain`, where the chain isn't awaited where it stands. */
  startChain(id: string, callee: unknown, args: readonly unknown[], link: Link): unknown {
    return this.beginChain(id, callee, args, link, 'start');
  }

  /**
   * A function passed as a value to workflow code that calls it, e.g. `items.map($.callback("save", save))`: a foreign
   * one becomes a call under this id each time.
   */
  callback(id: string, fn: unknown, settled = false, beginning: Beginning = 'start'): unknown {
    if (typeof fn !== 'function' || insideStep() || classify(fn as AnyFunction, undefined) === 'inline')
      return fn;
    const scope = this;
    return function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(scope.begin(id, fn, this, beginning), undefined, args);
      return settled ? scope.#assimilate(id, result) : result;
    };
  }

  /** An awaited promise that is no call and doesn't come from the function itself: `await db.ready`. */
  read(id: string, thunk: () => unknown): unknown {
    if (insideStep()) return thunk();
    return awaitStep(this.run, this.definition, this.keys.site(id), thunk);
  }

  /**
   * A value that is awaited, but made elsewhere in the function: a local variable, or what is returned. Promises and
   * plain values are given back as they are. A foreign thenable (a query builder and the like) becomes a step: it may
   * start its work only now, and would do so again on every replay.
   *
   * @param called its `then` is called at once, `q.then(...)`, not behind an `await`
   */
  local(id: string, value: unknown, called = false): unknown {
    if (insideStep()) return value;
    if (types.isPromise(value) && !isForeignThenable(value)) {
      checkHeld(value);
      if (!isOwn(value)) this.run.backend.awaitForeign(value, id);
      return value;
    }
    return called && isForeignThenable(value)
      ? this.#assimilate(id, value, () => new Promise((done, failed) => void value.then(done, failed)))
      : this.#assimilate(id, value);
  }

  /**
   * What an async generator yields, or an async function returns, and was made outside of the durable function: a
   * promise is a step, anything else is given back as it is.
   */
  given(id: string, value: unknown): unknown {
    if (insideStep() || !types.isPromise(value) || isForeignThenable(value)) return this.local(id, value);
    if (isOwn(value)) return value;
    return own(
      this.run,
      awaitStep(this.run, this.definition, this.keys.site(id), () => value),
    );
  }

  /** An awaited promise that is taken as it is: `await import('x')`. */
  foreign<T>(promise: T): T {
    if (types.isPromise(promise) && !insideStep()) this.run.backend.awaitForeign(promise);
    return promise;
  }

  /**
   * The same scope, for a call that is handed code of the durable function which uses these variables of it: a step that is
   * called again after a crash must find them as they were.
   */
  uses(variables: () => readonly unknown[]): DurableScope {
    return insideStep() ? this : new Scope(this.run, this.definition, this.path, this.keys, variables);
  }

  /** The scope of one invocation of a closure; called on its first line. */
  open(id: string): DurableScope {
    return insideStep() ? passThrough(this.definition, 'inStep') : this.#child(id, this.definition);
  }

  /**
   * The first line of a closure that changes a variable of the durable function around it, and that anything may call.
   *
   * @throws MisuseError inside a step
   */
  changes(name: string): void {
    checkChange(name);
  }

  /** The scope of a durable function that is called by workflow code without being handed one. */
  openFor(definition: Definition): Scope {
    return this.#enter(definition.id, definition);
  }

  /**
   * `Promise.all(...)` and the like. Native ones will do, since outcomes are delivered in one order, always.
   *
   * @param outside the list comes from outside of the durable function: each promise in it is a step
   */
  combinator(
    id: string,
    kind: CombinatorKind,
    outside = false,
  ): (iterable: Iterable<unknown>) => Promise<unknown> {
    if (insideStep()) return insideStepScope.combinator(id, kind);
    return (iterable) => {
      let items: unknown[];
      try {
        // What can't be iterated: the error is that of the language. `Array.from` would take it for an empty list.
        if (typeof Object(iterable)[Symbol.iterator] !== 'function') return combine(kind, iterable);
        items = Array.from(iterable, (item) => (outside ? this.given(id, item) : this.#assimilate(id, item)));
      } catch (error) {
        return Promise.reject(error);
      }
      return own(this.run, combine(kind, items));
    };
  }

  /**
   * What `for await` and the like go over.
   *
   * @param text what is said not to be async iterable, if it isn't
   * @throws TypeError as `for await` does over what can't be iterated
   * @throws MisuseError for a foreign async iterable, which can't be taken up again where it stopped
   */
  iterate(iterable: unknown, text?: string): unknown {
    if (insideStep()) return iterable;
    return resumable(iterable, (value) => this.#assimilate('for await', value), text);
  }

  /**
   * What `await using` disposes of in place of an object: the method that was found is called in a step if it is foreign.
   * Its result is dropped, as `await using` does, so it need not fit into the journal.
   */
  resource(id: string, value: unknown): unknown {
    const disposal = insideStep() ? undefined : disposalOf(value);
    if (disposal === undefined) return value;
    const { method, synchronous } = disposal;
    if (classify(method, value) !== 'foreign') {
      const dispose = (): unknown => Reflect.apply(method, value, []);
      return synchronous ? { [Symbol.dispose]: dispose } : { [Symbol.asyncDispose]: dispose };
    }
    const dispose = async (): Promise<void> => {
      const result: unknown = Reflect.apply(method, value, []);
      if (!synchronous) await result;
    };
    const policy = policyOf(method);
    const given = { args: [], receiver: value };
    return {
      [Symbol.asyncDispose]: () =>
        awaitStep(this.run, this.definition, this.keys.site(id), dispose, policy, given),
    };
  }

  #perform(
    id: string,
    fn: unknown,
    receiver: unknown,
    args: readonly unknown[],
    how: Beginning | 'await',
  ): unknown {
    assertFunction(id, fn, this.definition);
    const called = calledBy(fn, receiver, args);
    if (called !== undefined) return this.#perform(id, called.fn, called.receiver, called.args, how);
    const kind = classify(fn, receiver);
    if (kind === 'foreign' && isScheduler(this.run, fn, receiver))
      return this.schedule(id, fn, receiver, args);
    if (kind === 'foreign') {
      const primitive = primitiveOf(fn);
      if (primitive !== undefined) return this.primitive(id, primitive, args);
      const policy = policyOf(fn);
      const reading = this.#readingOf(id, fn, receiver);
      const call = (): unknown =>
        reading ? reading.read(args) : Reflect.apply(fn, originalOf(receiver), originalsIn(args));
      if (how !== 'await' && isQuiet(how) && isGated(fn)) return call();
      for (const arg of args) checkHeld(arg);
      const given = { args, receiver, uses: this.variables };
      const result =
        policy === undefined
          ? this.#record(id, call, how, given)
          : own(this.run, awaitStep(this.run, this.definition, this.keys.site(id), call, policy, given));
      reading?.asked();
      return result;
    }
    const given = withDeadlines(args, ({ id: site, ms }) => this.deadline(site)(ms));
    const result = own(this.run, this.#inline(id, kind, fn, receiver, given));
    return how === 'await' ? this.#assimilate(id, result) : result;
  }

  /** Calls what schedules closures, as workflow code: see `schedulers.ts`. */
  schedule(id: string, fn: unknown, receiver: unknown, args: readonly unknown[]): unknown {
    const name = shownName(id, this.definition);
    assertFunction(id, fn, this.definition);
    if (insideStep()) return Reflect.apply(fn, receiver, args);
    checkTimers(name, fn, receiver, args);
    const handed = handedTo(name, args, {
      fn: (given) => this.#scheduled(id, given),
      iterable: (given) => this.iterate(given),
    });
    return own(this.run, this.made(Reflect.apply(fn, receiver, handed)));
  }

  made<T>(value: T): T {
    return insideStep() ? value : rememberScheduler(this.run, value);
  }

  /** A function that a scheduler may call. */
  #scheduled(id: string, fn: AnyFunction): AnyFunction {
    if (isScheduler(this.run, fn)) return fn;
    if (classify(fn, undefined) === 'inline') return inBody(fn);
    const step = this.callback(id, fn, false, 'maybe') as AnyFunction;
    const checked = function (this: unknown, ...args: unknown[]): unknown {
      checkCallback(id, fn, args);
      return Reflect.apply(step, this, args);
    };
    const kind: unknown = Reflect.get(fn, Symbol.toStringTag);
    if (kind !== undefined) Object.defineProperty(checked, Symbol.toStringTag, { value: kind });
    return inBody(checked);
  }

  #assimilate(id: string, value: unknown, wait = (): unknown => value): unknown {
    checkHeld(value);
    if (!isForeignThenable(value)) return value;
    return own(this.run, awaitStep(this.run, this.definition, this.keys.site(id), wait));
  }

  #record(id: string, body: () => unknown, how: Beginning | 'await', given: Given): unknown {
    const key = this.keys.site(id);
    return how === 'await'
      ? awaitStep(this.run, this.definition, key, body, undefined, given)
      : beginStep(this.run, this.definition, key, body, given, how);
  }

  /** Calls workflow code. */
  #inline(
    id: string,
    kind: 'inline' | Definition,
    fn: AnyFunction,
    receiver: unknown,
    args: readonly unknown[],
  ): unknown {
    if (kind !== 'inline')
      return handOver(kind, this.#enter(id, kind), () => Reflect.apply(fn, receiver, args));
    return Reflect.apply(
      fn,
      receiver,
      takesCallbacks(fn) ? args.map((arg) => this.callback(id, arg, true)) : args,
    );
  }

  beginChain(
    id: string,
    callee: unknown,
    args: readonly unknown[],
    link: Link,
    how: Beginning | 'await',
  ): unknown {
    if (insideStep()) return passThrough(this.definition, 'inStep').chain(id, callee, args, link);
    const { fn, receiver } = callee instanceof Callee ? callee : { fn: callee, receiver: undefined };
    assertFunction(id, fn, this.definition);
    const called = calledBy(fn, receiver, args);
    if (called !== undefined) {
      return this.beginChain(id, new Callee(called.fn, called.receiver), called.args, link, how);
    }
    const kind = classify(fn, receiver);
    if (kind === 'foreign' || isIntrinsic(fn)) {
      const name = shownName(id, this.definition);
      const reading = this.#readingOf(id, fn, receiver);
      const chain = {
        head: () =>
          reading ? reading.read(args) : Reflect.apply(fn, originalOf(receiver), originalsIn(args)),
        link: (head: unknown) => callLink(link, head, name),
      };
      const key = this.keys.site(id);
      const given = { args, receiver, uses: this.variables };
      const beginning = how === 'await' ? undefined : how;
      const result = chainStep(this.run, this.definition, key, chain, policyOf(fn), given, beginning);
      reading?.asked();
      return beginning && policyOf(fn) ? own(this.run, result) : result;
    }
    // The head is workflow code and must run on every replay; what is called on its result is foreign and must not.
    const head = this.#inline(id, kind, fn, receiver, args);
    if (types.isPromise(head)) head.catch(() => {});
    const call = (): unknown => callLink(link, head, shownName(id, this.definition));
    return this.#record(id, call, how, { args: [], uses: this.variables });
  }

  /** Of what a stand-in stands for, nothing has been read. */
  #readingOf(id: string, fn: AnyFunction, receiver: unknown): Reading | undefined {
    return receiver === undefined || isStandIn(receiver) ? undefined : readingOf(id, fn, receiver);
  }

  #child(id: string, definition: Definition): Scope {
    return new Scope(this.run, definition, this.keys.scope(id));
  }

  /** The scope of a durable function. */
  #enter(id: string, definition: Definition): Scope {
    const path = this.keys.scope(id);
    this.run.backend.entered?.(path, definition.id);
    return new Scope(this.run, definition, path);
  }
}
