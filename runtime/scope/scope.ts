import { Keys } from '../base/keys.ts';
import type { WebAbortSignal, WebConsole } from '../base/web-types.ts';
import { type Missing, present } from '../functions/callee.ts';
import type { AnyFunction, Definition } from '../functions/definition.ts';
import type {
  ChainLink,
  CombinatorKind,
  DurableScope,
  Executor,
  OptionalChain,
  ReadPath,
  RootScope,
} from '../functions/durable-scope.ts';
import { primitiveOf } from '../functions/primitive-tags.ts';
import { checkChange } from '../run/captured-writes.ts';
import { insideStep } from '../run/context.ts';
import type { Run } from '../run/run.ts';
import { awaitedLocal, awaitForeign, awaitRead, beginRead, givenPromise } from './awaited-values.ts';
import type { Beginning } from './beginning.ts';
import { StartedCalls } from './begun-calls.ts';
import { callbackOf, iterationOf, performCall, scheduleCall } from './calls.ts';
import { performChain } from './chains.ts';
import { rememberScheduler, Scheduling } from './closure-schedulers.ts';
import { combining } from './combinators.ts';
import { ScopeGlobals } from './deterministic-globals.ts';
import { disposableStep } from './disposal.ts';
import { withReject } from './durable-timers.ts';
import { insideStepScope, passThrough } from './pass-through.ts';
import type { ScopeContext } from './place.ts';
import { showing } from './showing.ts';
import {
  asking,
  clearing,
  deadlineAfter,
  delaying,
  isPlainDelay,
  sleeping,
  stepping,
  timing,
} from './waits.ts';

/**
 * One invocation of a durable function, or of an async closure in it. Its calls get their keys here. What a method is
 * emitted for is written in the contract (`functions/durable-scope.ts`); what it does is written in the part that it calls.
 */
export class Scope implements RootScope, ScopeContext {
  readonly run: Run;
  readonly definition: Definition;
  readonly path: string;
  readonly keys: Keys;
  readonly variables: (() => readonly unknown[]) | undefined;
  /** Calls that are not awaited in place. */
  #started: StartedCalls | undefined;
  #globals: ScopeGlobals | undefined;

  constructor(
    run: Run,
    definition: Definition,
    path: string,
    keys = new Keys(path),
    variables?: () => readonly unknown[],
  ) {
    this.run = run;
    this.definition = definition;
    this.path = path;
    this.keys = keys;
    this.variables = variables;
  }

  // Scopes

  open(id: string): DurableScope {
    if (insideStep()) return passThrough(this.definition, 'inStep');
    return new Scope(this.run, this.definition, this.keys.scope(id));
  }

  openFor(definition: Definition): DurableScope {
    return this.enter(definition.id, definition);
  }

  enter(id: string, definition: Definition): DurableScope {
    const path = this.keys.scope(id);
    this.run.backend.entered?.(path, definition.ref);
    return new Scope(this.run, definition, path);
  }

  uses(variables: () => readonly unknown[]): DurableScope {
    return insideStep() ? this : new Scope(this.run, this.definition, this.path, this.keys, variables);
  }

  changes(name: string): void {
    checkChange(name);
  }

  // Awaited calls

  call(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    if (insideStep()) return passThrough(this.definition, 'inStep').call(id, fn, thisArg);
    return (...args) => performCall(this, id, fn, thisArg, args, 'await');
  }

  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.call(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  optional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.call(id, fn, thisArg);
  }

  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.call(id, callee.fn, receiver);
  }

  chain(id: string, callee: unknown, args: readonly unknown[], link: ChainLink): unknown {
    return performChain(this, id, callee, args, link, 'await');
  }

  optionalChain(id: string, callee: unknown): OptionalChain {
    return callee === undefined ? undefined : (args, link) => this.chain(id, callee, args, link);
  }

  // Calls that are not awaited in place

  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    return this.begin(id, fn, thisArg, 'start');
  }

  startMethod(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.#start.startMethod(id, receiver, key);
  }

  startOptional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return this.#start.startOptional(id, fn, thisArg);
  }

  startOptionalMethod(
    id: string,
    receiver: unknown,
    key: PropertyKey,
    missing: Missing,
  ): AnyFunction | undefined {
    return this.#start.startOptionalMethod(id, receiver, key, missing);
  }

  startChain(id: string, callee: unknown, args: readonly unknown[], link: ChainLink): unknown {
    return this.beginChain(id, callee, args, link, 'start');
  }

  startOptionalChain(id: string, callee: unknown): OptionalChain {
    return this.#start.startOptionalChain(id, callee);
  }

  callback(id: string, fn: unknown, settled = false, beginning: Beginning = 'start'): unknown {
    return callbackOf(this, id, fn, settled, beginning);
  }

  get #start(): StartedCalls {
    this.#started ??= new StartedCalls(this, 'start');
    return this.#started;
  }

  get maybe(): StartedCalls {
    return new StartedCalls(this, 'maybe');
  }
  get used(): StartedCalls {
    return new StartedCalls(this, 'used');
  }
  get handed(): StartedCalls {
    return new StartedCalls(this, 'handed');
  }
  get passed(): StartedCalls {
    return new StartedCalls(this, 'passed');
  }
  get object(): StartedCalls {
    return new StartedCalls(this, 'object');
  }
  get handle(): StartedCalls {
    return new StartedCalls(this, 'handle');
  }
  get shared(): StartedCalls {
    return new StartedCalls(this, 'shared');
  }

  get scheduler(): Scheduling {
    return new Scheduling(this);
  }

  /** A call that begins in one of these ways. */
  begin(id: string, fn: unknown, thisArg: unknown, beginning: Beginning): AnyFunction {
    if (insideStep()) return passThrough(this.definition, 'inStep').call(id, fn, thisArg);
    return (...args) => performCall(this, id, fn, thisArg, args, beginning);
  }

  /** A chain that begins in one of these ways. */
  beginChain(
    id: string,
    callee: unknown,
    args: readonly unknown[],
    link: ChainLink,
    beginning: Beginning,
  ): unknown {
    return performChain(this, id, callee, args, link, beginning);
  }

  /** A call of `$.scheduler`. */
  schedule(id: string, fn: unknown, receiver: unknown, args: readonly unknown[]): unknown {
    return scheduleCall(this, id, fn, receiver, args);
  }

  /** A scheduler that was made with `new`. */
  made<T>(value: T): T {
    return insideStep() ? value : rememberScheduler(this.run, value);
  }

  // Values that are awaited, iterated or disposed of

  read(id: string, root: () => unknown, path?: ReadPath): unknown {
    return insideStep() ? insideStepScope.read(id, root, path) : awaitRead(this, id, root, path);
  }

  startRead(id: string, root: () => unknown, path?: ReadPath): unknown {
    return insideStep() ? insideStepScope.read(id, root, path) : beginRead(this, id, root, path);
  }

  local(id: string, value: unknown, called = false): unknown {
    return insideStep() ? value : awaitedLocal(this, id, value, called);
  }

  given(id: string, value: unknown): unknown {
    return insideStep() ? value : givenPromise(this, id, value);
  }

  foreign<T>(promise: T): T {
    if (!insideStep()) awaitForeign(this, promise);
    return promise;
  }

  combinator(
    id: string,
    kind: CombinatorKind,
    outside = false,
  ): (iterable: Iterable<unknown>) => Promise<unknown> {
    return insideStep() ? insideStepScope.combinator(id, kind) : combining(this, id, kind, outside);
  }

  iterate(iterable: unknown, text?: string): unknown {
    return insideStep() ? iterable : iterationOf(this, iterable, text);
  }

  resource(id: string, value: unknown): unknown {
    return insideStep() ? value : disposableStep(this, id, value);
  }

  // Functions of this package, and timers

  sleep(id: string, fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.sleep(id, fn);
    return primitiveOf(fn) === 'sleep' ? sleeping(this, id) : this.start(id, fn);
  }

  step(id: string, fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.step(id, fn);
    return primitiveOf(fn) === 'step' ? stepping(this, id) : this.start(id, fn);
  }

  since(fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.since(fn);
    return primitiveOf(fn) === 'since' ? asking(this) : (fn as AnyFunction);
  }

  show(fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.show(fn);
    return showing(this, fn);
  }

  delay(id: string, fn?: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.delay(id, fn);
    return fn === undefined || isPlainDelay(fn) ? delaying(this, id, fn === undefined) : this.start(id, fn);
  }

  /** Should the run be cancelled, the promise is rejected. */
  executor(executor: Executor): Executor {
    return insideStep() ? executor : withReject(executor);
  }

  timer(id: string, fn: AnyFunction): AnyFunction {
    return insideStep() ? fn : timing(this, id, fn);
  }

  clearTimer(fn: AnyFunction): AnyFunction {
    return clearing(fn);
  }

  deadline(id: string, isForStep = false): (ms: number) => WebAbortSignal {
    if (insideStep()) return insideStepScope.deadline(id);
    return (ms) => deadlineAfter(this, id, ms, isForStep);
  }

  // Deterministic globals

  get #world(): ScopeGlobals {
    this.#globals ??= new ScopeGlobals(this.run, this.path);
    return this.#globals;
  }

  now(): number {
    return this.#world.now();
  }
  date(...args: unknown[]): Date {
    return this.#world.date(...args);
  }
  dateString(): string {
    return this.#world.dateString();
  }
  performanceNow(): number {
    return this.#world.performanceNow();
  }
  random(): number {
    return this.#world.random();
  }
  randomUUID(): string {
    return this.#world.randomUUID();
  }
  getRandomValues<T extends ArrayBufferView>(view: T): T {
    return this.#world.getRandomValues(view);
  }
  builtin(name: string, original?: unknown): unknown {
    return this.#world.builtin(name, original);
  }
  get console(): WebConsole {
    return this.#world.console;
  }
}
