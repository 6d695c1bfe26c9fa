/**
 * The contract between the compiler and the runtime: what compiled code calls on `$`. Each method names the source that it
 * is emitted for. Ids are those of sites. A scope of a run implements it (`scope/scope.ts`), and so does its twin for
 * compiled code that is executed inside of a step (`scope/pass-through.ts`).
 */
import type { WebAbortSignal, WebConsole } from '../base/web-types.ts';
import type { Missing } from './callee.ts';
import type { AnyFunction, Definition } from './definition.ts';

/** The static methods of `Promise` that take a list of promises. */
export type CombinatorKind = 'all' | 'allSettled' | 'race' | 'any';

/** The rest of a chain after its first call: `$head => $head.b().c()`. */
export type ChainLink = (head: unknown) => unknown;

/** The executor of a promise: `new Promise(executor)`. */
export type Executor = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void;

/** A chain whose first callee may have been cut short by a `?.`, and its arguments with it. */
export type OptionalChain = ((args: readonly unknown[], link: ChainLink) => unknown) | undefined;

export interface DurableScope extends AwaitedCalls, UnawaitedCalls, Values, Waits, DeterministicGlobals {
  /** The first line of an async closure in the function: the scope of one invocation of it. */
  open(id: string): DurableScope;
  /** The first line of a closure that changes the variable `name` of the durable function around it. */
  changes(name: string): void;
  /** `await save(() => total)`, compiled to `$.uses(() => [total]).call("save", save)(() => total)`: captured variables. */
  uses(variables: () => readonly unknown[]): DurableScope;
}

/** Calls that are awaited in place. */
interface AwaitedCalls {
  /** `await f(x)`; with a receiver `await o.f(x)` where the receiver is evaluated once. */
  call(id: string, fn: unknown, thisArg?: unknown): AnyFunction;
  /** `await receiver[key](x)`. */
  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction;
  /** `await f?.(x)`. */
  optional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined;
  /** `await o?.f(x)`, `await o.f?.(x)`, `await o?.f?.(x)`. */
  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined;
  /** `await db.select().from(t)`: a chain of calls as one step. `callee` is a function, or what `ref` and `bound` return. */
  chain(id: string, callee: unknown, args: readonly unknown[], link: ChainLink): unknown;
  /** `await db?.select().from(t)`. */
  optionalChain(id: string, callee: unknown): OptionalChain;
}

/** Calls that are not awaited in place. The getters say how the value is used. */
interface UnawaitedCalls extends Starting {
  /** `work(1)`, whose value may be a promise, though most often it is none. */
  readonly maybe: BegunCalls;
  /** `const p = work(1); await p; p.cancel()`: members of the promise are used as well. */
  readonly used: BegunCalls;
  /** `withTimeout(work(1), 1000)`: the value goes to other code. */
  readonly handed: BegunCalls;
  /** `const p = work(1); first(p); second(p)`: the value goes to other code several times. */
  readonly passed: BegunCalls;
  /** `const r = ask(); r.id`: members of the value are read. */
  readonly object: BegunCalls;
  /** `await ask().text`, `await ask().read()`: the value is used for one awaited member. */
  readonly handle: BegunCalls;
  /** `const r = ask(); await r.text; await r.usage`: the value is used for several awaited members. */
  readonly shared: BegunCalls;
  /** `pMap(items, save)`, `limit(() => save(x))`: a function that only calls closures, and is workflow code. */
  readonly scheduler: ScheduledCalls;
}

/** The ways to begin a call. On `$` itself its promise is awaited later: `const p = f(x)`. */
interface Starting {
  /** `f(x)`. */
  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction;
  /** `receiver[key](x)`. */
  startMethod(id: string, receiver: unknown, key: PropertyKey): AnyFunction;
  /** `f?.(x)`. */
  startOptional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined;
  /** `o?.f(x)`. */
  startOptionalMethod(
    id: string,
    receiver: unknown,
    key: PropertyKey,
    missing: Missing,
  ): AnyFunction | undefined;
  /** `db.select().from(t)`. */
  startChain(id: string, callee: unknown, args: readonly unknown[], link: ChainLink): unknown;
  /** `db?.select().from(t)`. */
  startOptionalChain(id: string, callee: unknown): OptionalChain;
  /** `items.map(save)`: a function that workflow code calls. `settled`: the callback of a `then`, whose value is awaited. */
  callback(id: string, fn: unknown, settled?: boolean): unknown;
}

/** `$.maybe`, `$.handed` and the like. */
export interface BegunCalls extends Starting {
  /** `await r.text`, of an object that a call outside of steps returned. */
  member(id: string, receiver: unknown, key: string): unknown;
}

/** `$.scheduler`. */
export interface ScheduledCalls {
  /** `pMap(items, save)`. */
  call(id: string, fn: unknown, receiver?: unknown): AnyFunction;
  /** `queue.add(work)`. */
  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction;
  /** `limit?.(work)`. */
  optional(id: string, fn: unknown): AnyFunction | undefined;
  /** `queue?.add(work)`. */
  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined;
  /** `new PQueue({ concurrency: 2 })`. */
  made<T>(value: T): T;
}

/** The members that are read of a name; `null` stands for `?.`. */
export type ReadPath = readonly (PropertyKey | null)[];

/** Values that are awaited, iterated or disposed of. */
interface Values {
  /** `await db.ready`: a promise from outside of the function, without a call. */
  read(id: string, root: () => unknown, path?: ReadPath): unknown;
  /** The same in the list of a combinator. */
  startRead(id: string, root: () => unknown, path?: ReadPath): unknown;
  /** `await p`, `return p`, `p.then(f)`, where `p` was made in the function. `called`: its `then` is called at once. */
  local(id: string, value: unknown, called?: boolean): unknown;
  /** `yield p` in an async generator, `return p`: a promise that was made outside of the function is a step. */
  given(id: string, value: unknown): unknown;
  /** `await import('x')`: a promise that is awaited again by each replay. */
  foreign<T>(promise: T): T;
  /** `Promise.all(list)`. `outside`: the list comes from outside of the function. */
  combinator(
    id: string,
    kind: CombinatorKind,
    outside?: boolean,
  ): (iterable: Iterable<unknown>) => Promise<unknown>;
  /** `for await (const x of iterable)`, `yield* iterable`. `text`: the source of `iterable`, for the TypeError. */
  iterate(iterable: unknown, text?: string): unknown;
  /** `await using x = value`. */
  resource(id: string, value: unknown): unknown;
}

/** Functions of this package, and timers. */
interface Waits {
  /** `sleep('5s')`; `fn` is what the source calls by that name. */
  sleep(id: string, fn: unknown): AnyFunction;
  /** `step('charge', () => ...)`. */
  step(id: string, fn: unknown): AnyFunction;
  /** `setTimeout(ms)` of `node:timers/promises`; without `fn` a promise around a timer. */
  delay(id: string, fn?: unknown): AnyFunction;
  /** `new Promise((resolve) => setTimeout(resolve, ms))`. */
  executor(executor: Executor): Executor;
  /** `setTimeout(() => controller.abort(), ms)`, whose callback is code of the function. */
  timer(id: string, fn: AnyFunction): AnyFunction;
  /** `clearTimeout(timer)`. */
  clearTimer(fn: AnyFunction): AnyFunction;
  /** `since('name')`; `fn` is what the source calls by that name. */
  since(fn: unknown): AnyFunction;
  /** `setAttributes(...)` and the like; `fn` is what the source calls by that name. */
  show(fn: unknown): AnyFunction;
  /** `AbortSignal.timeout(ms)`. `isForStep`: an argument of what seems to be a step. */
  deadline(id: string, isForStep?: boolean): (ms: number) => WebAbortSignal;
}

/** What the body sees of the world: the same on every replay. */
export interface DeterministicGlobals {
  /** `Date.now()`, in ms since the epoch. */
  now(): number;
  /** `new Date(...args)`. */
  date(...args: unknown[]): Date;
  /** `Date()`. */
  dateString(): string;
  /** `performance.now()`, in ms since the run was started. */
  performanceNow(): number;
  /** `Math.random()`. */
  random(): number;
  /** `crypto.randomUUID()`. */
  randomUUID(): string;
  /** `crypto.getRandomValues(view)`. */
  getRandomValues<T extends ArrayBufferView>(view: T): T;
  /** `items.map(Math.random)`, `const { random } = Math`: a global as a value. `original`: what the source names. */
  builtin(name: string, original?: unknown): unknown;
  /** `console`. */
  readonly console: WebConsole;
}

/** The scope of a run as a whole. */
export interface RootScope extends DurableScope {
  /** The scope of a durable function that workflow code calls without handing one over. */
  openFor(definition: Definition): DurableScope;
}
