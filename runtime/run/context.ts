import type { AsyncLocalStorage } from 'node:async_hooks';
import { state } from '../base/process-state.ts';
import type { WebAbortSignal } from '../base/web-types.ts';
import type { Definition } from '../functions/definition.ts';
import type { DurableScope } from '../functions/durable-scope.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Run } from './run.ts';

/** The body of a run: workflow code. */
export interface BodyContext {
  readonly place: 'body';
  readonly run: Run;
}

/** The body of a step: plain code, whose whole outcome is recorded. */
export class StepContext {
  /** `body` for a call that turned out to be workflow code: it called compiled closures while that was open. */
  place: 'step' | 'body' = 'step';
  readonly run: Run;
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  /**
   * Set while a call is under way of which isn't known yet whether it returns a promise, and so, whether the compiled
   * closures that it calls belong to the workflow or to a step; `touched` once it called one. With `open` the first of
   * them decides that it is workflow code.
   */
  undecided: 'untouched' | 'touched' | 'open' | undefined;
  /** A variable of the body that a closure changed while that was open. */
  changed: string | undefined;
  /**
   * Set once a chain follows the outcome of its call: `failed` if that has failed, and `retryIn` if the policy wants another
   * attempt after this many ms.
   */
  chain: { readonly failed: boolean; readonly retryIn: number | undefined } | undefined;
  /** What its step found in place of its policy: that of a function which it got from a call. */
  policy: StepPolicy | undefined;
  /** What durable loggers wrote while that was open; undefined for nothing. */
  lines: { readonly method: string; readonly args: readonly unknown[] }[] | undefined;
  /** What the step was given and may use up. A test that doesn't call the step uses that up in its place. */
  holding: { useUp(paths: readonly string[]): void } | undefined;
  /** Few steps ask for their signal, so it is made when one does. */
  #controller: AbortController | undefined;
  /** @internal Timers that end the attempt when its time is over; their type is Node's. */
  limits: NodeJS.Timeout[] | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(run: Run, key: string, attempt: number, undecided?: 'untouched' | 'open') {
    this.run = run;
    this.key = key;
    this.attempt = attempt;
    this.undecided = undecided;
  }

  /** Aborted when nothing awaits the step any more: its time is over, or its run was cancelled or taken over. */
  get signal(): WebAbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Compiled code was called. True where the call is workflow code from now on, or has been. */
  touch(): boolean {
    if (this.undecided === 'open') {
      this.undecided = undefined;
      this.place = 'body';
    } else if (this.undecided !== undefined) this.undecided = 'touched';
    return this.place === 'body';
  }

  abort(reason: unknown): void {
    for (const timer of this.limits ?? []) clearTimeout(timer);
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }
}

/** Code that is run as if it had never been compiled, at a test's wish. */
export interface PlainContext {
  readonly place: 'plain';
}

export type Context = BodyContext | StepContext | PlainContext;

const storage = state.contexts as AsyncLocalStorage<Context>;

export const currentContext = (): Context | undefined => storage.getStore();

/** True inside the body of a step, where compiled code is plain code. */
export function insideStep(): boolean {
  const context = storage.getStore();
  return context?.place === 'step' && !context.touch();
}

/** Calls `fn` in a context, which everything that it awaits or schedules inherits. */
export function within<T>(context: Context, fn: () => T): T {
  return storage.run(context, fn);
}

/** Calls `fn` outside every run: for the callbacks of the user of a runtime. */
export function outside<T>(fn: () => T): T {
  return storage.exit(fn);
}

interface Handoff {
  readonly definition: Definition;
  readonly scope: DurableScope;
}

/**
 * `state.handoff` has the scope for the durable function that is being called. It is passed in a variable, because the
 * arguments are the user's. Between the call and the first line of the compiled body, which takes it, only the defaults of its
 * parameters are executed.
 */
const handoff = (): Handoff | undefined => state.handoff as Handoff | undefined;

/** Calls `fn`, in which the compiled body of `definition` will find this scope. */
export function handOver<T>(definition: Definition, scope: DurableScope, fn: () => T): T {
  const outer = state.handoff;
  state.handoff = { definition, scope };
  try {
    return fn();
  } finally {
    state.handoff = outer;
  }
}

/** Takes the scope that was passed for this definition; that is possible once. */
export function takeHandoff(definition: Definition): DurableScope | undefined {
  const handed = handoff();
  if (handed?.definition !== definition) return undefined;
  state.handoff = undefined;
  return handed.scope;
}

/** The scope for a function that hasn't taken it yet: its parameters are being evaluated. */
export const peekHandoff = (): DurableScope | undefined => handoff()?.scope;
