import type { Duration } from '../../base/durations.ts';
import type { ForkOptions } from '../../journal/fork.ts';
import type { ResumeOptions } from '../../journal/rewind.ts';
import type { MaskPlace } from '../../observe/masking.ts';
import type { RuntimeEvent, RuntimeEventType } from '../../observe/runtime-events.ts';
import type { ActionFilter, ActionType, KeptAction } from '../../stores/actions.ts';
import type { ListFilter, RunRecord } from '../../stores/store.ts';
import type { ActionOptions } from './audit.ts';
import type { Handle } from './handle.ts';
import type { CloseOptions, StartOptions } from './options.ts';
import type { Schedule, ScheduleTimes } from './schedules.ts';
import type { VersionInUse } from './versions.ts';

/** Options of `rerun`: those of a new run, or with `from` those of `fork`. */
export type RerunOptions = Pick<StartOptions, 'id' | 'timeout' | 'by'> &
  Partial<Pick<ForkOptions, 'from' | 'forget'>>;

export type AuditOptions = Omit<ActionFilter, 'runId'>;

export interface Runtime {
  /**
   * Starts a run. If a run with this id exists, nothing is started: the handle belongs to that run, which is resumed if no
   * worker drives it. Its arguments are those of the first start.
   *
   * Rejects with NotCompiledError, SerializationError (arguments), RunConflictError (the id belongs to another function),
   * RuntimeClosedError, StoreError.
   */
  start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: StartOptions,
  ): Promise<Handle<Awaited<R>>>;
  get(id: string): Promise<Handle | undefined>;
  /**
   * Completes the callback with this token, once; any process with the store may do that.
   *
   * Rejects with CallbackError if the token is unknown, was used, or its time is over, and with SerializationError.
   */
  complete(token: string, value?: unknown, options?: ActionOptions): Promise<void>;
  /** Fails the callback with this token, once: its `result()` rejects with the error. Rejects as `complete`. */
  fail(token: string, error: unknown, options?: ActionOptions): Promise<void>;
  list(filter?: ListFilter): Promise<readonly RunRecord[]>;
  /**
   * Resumes all unfinished runs that no worker drives, blocked ones included, except those in a crash loop. Resolves with their
   * handles once they are under way, or wait in the store for room or for their turn. Runs whose function isn't loaded are
   * blocked with UnknownFunctionError.
   */
  recover(): Promise<readonly Handle[]>;
  /**
   * Starts a run anew: another run of the same function with the same arguments, and as much time. The old one stays as
   * it is. With `from`, the new run keeps what the old one, which must have ended, had recorded before that key: see `fork`.
   *
   * Rejects with MisuseError if there is no such run or there is one with the new id, and as `start` and `fork`.
   */
  rerun(id: string, options?: RerunOptions): Promise<Handle>;
  /**
   * Starts a run that begins as another one did: it keeps what that had recorded before the first event of the key `from`, and goes
   * on from there by itself. The other one, whatever its status is, stays as it is.
   *
   * Rejects with MisuseError if there is no such run or key, if the id is taken, if a callback or another run is open before the key,
   * or if the run went on after a failure behind the key, as by a cleanup (see `forget`).
   */
  fork(id: string, options: ForkOptions): Promise<Handle>;
  /**
   * Resumes a run from its journal: a blocked one as it is, also one that was blocked because its workers died; a failed or
   * cancelled one from before the last step that failed, which is called again (if none failed, from its last event).
   * Everything recorded before that stays recorded and isn't done again; signals that were received since are received again.
   * With `accept`, a run that is blocked because its code was changed goes on in the order of the new code.
   *
   * A run whose function isn't loaded here is left to the workers that have loaded it.
   *
   * Rejects with MisuseError if there is no such run, it has completed, its time is over, or it did other things since, such as
   * a cleanup, that it would forget (see `forget`).
   */
  resume(id: string, options?: ResumeOptions): Promise<Handle>;
  /**
   * Starts runs of a function by the clock, from now on and after every restart of a process that calls this again. A run's
   * id is the name and its due time: `nightly@2027-01-01T03:00:00.000Z`. If due times were missed while no process ran,
   * one run makes up for them; several processes may keep the same schedule, and each run is started once.
   *
   * Rejects with MisuseError for a name that is taken, a cron expression or a time zone that is none, a day that never comes
   * (`0 0 30 2 *`), and as `start`.
   */
  schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule>;
  /**
   * Which versions of the code the unfinished runs execute, by function. The function of a version that isn't among them, and isn't the
   * newest, can go.
   *
   * @param fn the id of a function; default: all of them
   */
  versions(fn?: string): Promise<readonly VersionInUse[]>;
  /**
   * Removes runs that ended longer ago than a duration, or before a moment, in small portions; resolves with their number. A
   * run is kept if the run that started it may still need its outcome. `createRuntime({ retention })` does so by itself.
   *
   * Rejects with MisuseError for an invalid duration, StoreError.
   */
  prune(age: Duration, options?: ActionOptions): Promise<number>;
  /**
   * What was done to a run from outside, by any process with the store, oldest first: its start and signals and the answers to its
   * callbacks where the caller said who did that (`by`), and all that cancelled, resumed, accepted, reran or forked it. Also what failed,
   * with `by`. It is kept until the run is removed.
   *
   * Rejects with MisuseError, StoreError.
   *
   * @param id default: actions of all runs, and those that concern none, such as `prune`
   * @param options `after`: actions behind this `seq`; `limit`: default 100
   */
  audit(id?: string, options?: AuditOptions): Promise<readonly KeptAction[]>;
  /**
   * Tells that somebody was not allowed to do something to a run: `createHandler` and `createDashboard` call it when they answer 403, and
   * your own routes may. The event `action` has it, with `ok: false`, and `audit` where `by` says who it was.
   *
   * Rejects with MisuseError, RuntimeClosedError.
   *
   * @param id of the run; undefined where it concerned several, or none
   */
  denied(id: string | undefined, action: ActionType, options?: ActionOptions): Promise<void>;
  /**
   * What is to be shown of a value, by the option `mask` of the runtime: for pages and commands that show values of runs. Never throws.
   */
  mask(value: unknown, place: MaskPlace): unknown;
  /**
   * Calls the listener with each event of this type that happens in this process from now on (`'*'`: of any type), until the
   * returned function is called. Listeners are called soon after the event, in order, outside of all runs. Their return values
   * and errors have no effect on the run (the first error of each is a warning of the process).
   *
   * Throws MisuseError for an unknown type.
   */
  on<T extends RuntimeEventType>(type: T, listener: (event: RuntimeEvent<T>) => unknown): () => void;
  on(type: '*', listener: (event: RuntimeEvent) => unknown): () => void;
  /**
   * Waits for running step bodies, records their outcomes, and parks the rest; `result()` of those rejects with
   * RuntimeClosedError. They resume after a `recover()` of any runtime on the store. Nothing of the runtime keeps the process
   * alive then. The store stays open unless `{ store: true }` is given.
   *
   * Rejects with StoreError if the store fails.
   */
  close(options?: CloseOptions): Promise<void>;
}
