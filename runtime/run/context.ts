import type { AsyncLocalStorage } from 'node:async_hooks';
import { state } from '../base/process-state.ts';
import type { WebAbortSignal, WebConsole } from '../base/web-types.ts';
import type { Definition } from '../functions/definitions.ts';
import type { DurableScope, RootScope } from '../functions/durable-scope.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Backend } from '../port/backend.ts';

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
   * Set once a chain hangs on the outcome of its call: `failed` when that has failed, and `retryIn` if the policy wants
   * another attempt in so many ms.
   */
  chain: { readonly failed: boolean; readonly retryIn: number | undefined } | undefined;
  /** What its step found in place of its policy: that of a function which it got from a call. */
  policy: StepPolicy | undefined;
  /** What durable loggers wrote while that was open; undefined for nothing. */
  lines: { readonly method: string; readonly args: readonly unknown[] }[] | undefined;
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

  /** Aborted when nobody waits for the step any more: its time is over, or its run was cancelled or taken over. */
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

/** A call that may be a step. */
export interface Call {
  readonly runId: string;
  /** The durable function whose source it stands in. */
  readonly definition: Definition;
  readonly key: string;
  /** Empty where there is no call, as for an awaited property. */
  readonly args: readonly unknown[];
  /**
   * Of a call that is recorded only if it is a step: `unknown`, or `no step` where nothing is recorded of it, so that it is
   * made again as a part of the body.
   */
  readonly quiet?: 'unknown' | 'no step';
}

/** What a test does in place of a call; it is given what the call would do, and may give that back. */
export type Substitute = (call: Call, body: () => unknown) => () => unknown;

/** What a test puts in place of what a run stands on. */
export interface TestHooks {
  readonly substitute?: Substitute;
  /** Takes the place of `Math.random` for the jitter of delays. */
  random?(): number;
  /** Calls back after so many ms of the test's own time, beside that of the platform; gives what takes that back. */
  after?(ms: number, callback: () => void): () => void;
  /** Lets so many ms of that time pass while a step is under way. Rejects with the reason of the signal. */
  pass?(runId: string, key: string, ms: number, signal: WebAbortSignal): Promise<void>;
  /** The body prints, though on a replay nothing may come of it; false lets nothing come of it now. */
  prints?(runId: string, method: string, args: readonly unknown[]): boolean;
  /**
   * Code that isn't compiled reads the world in the body of a run, or in the call with this key of which isn't known yet
   * whether it is a step; gives by how many ms its clocks are ahead.
   */
  reads?(what: string, place: string, runId: string, key: string | undefined): number;
}

/** The rejections of one run that its code has not handled. */
export interface UnhandledRejections {
  keep(promise: object, reason: unknown): void;
  /** True if the promise was kept. */
  forget(promise: object): boolean;
  /** The function has returned or thrown. */
  end(): void;
}

/** One run, as far as all its scopes share it. */
export interface Run {
  readonly definition: Definition;
  readonly backend: Backend;
  readonly root: RootScope;
  /** What steps do that have no policy of their own. */
  readonly stepPolicy: StepPolicy | undefined;
  readonly hooks: TestHooks | undefined;
  /** When it was started, ms since the epoch. */
  readonly startedAt: number;
  readonly rejections: UnhandledRejections;
  /** Its console, once it was asked for. */
  console: WebConsole | undefined;
}

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
 * `state.handoff` has the scope for the durable function that is being called. It is handed over in a variable, because the arguments are
 * the user's; nothing else can run between the call and the first line of the compiled body that takes it, except the
 * defaults of its parameters.
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

/** The scope handed over for this definition; it can be taken once. */
export function takeHandoff(definition: Definition): DurableScope | undefined {
  const handed = handoff();
  if (handed?.definition !== definition) return undefined;
  state.handoff = undefined;
  return handed.scope;
}

/** The scope handed over to a function that hasn't taken it yet: its parameters are being evaluated. */
export const peekHandoff = (): DurableScope | undefined => handoff()?.scope;
