import type { AttributeChanges } from '../../base/attributes.ts';
import { type Duration, parseSpan } from '../../base/durations.ts';
import { MisuseError } from '../../base/errors.ts';
import {
  atMostOnceForAllSteps,
  leaseMsInvalid,
  maskNoFunction,
  maxStepsNoObject,
  onBlockedNoFunction,
  parkAfterMsInvalid,
  stepLimitInvalid,
  storeMissing,
  tracingInvalid,
} from '../../base/messages/options.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { InputOptions } from '../../functions/input.ts';
import { checkPolicy, type StepPolicy } from '../../functions/policy.ts';
import type { Mask } from '../../observe/masking.ts';
import type { Tracing } from '../../port/tracing.ts';
import { LONGEST_LEASE } from '../../stores/liveness.ts';
import type { Store } from '../../stores/store.ts';
import type { RuntimeHooks } from '../time/runtime-hooks.ts';
import type { Clock } from '../time/timers.ts';

export interface BlockedRun {
  readonly id: string;
  readonly fn: string;
  readonly error: Error;
}

export interface RuntimeOptions {
  readonly store: Store;
  /**
   * How long a claim of a run holds without being renewed, in ms; default 8,000 on a file, else 30,000. It is renewed three
   * times in that time; on a file also while the event loop is blocked, for up to four times as long. A worker that stalls
   * longer than that, or as a whole, may lose its runs to another one.
   */
  readonly leaseMs?: number;
  /**
   * A run that has only waited for this time, in ms, and has to wait at least as long again, is dropped from memory. It is
   * replayed when its wait is over or it receives a message. Default 60,000; `Infinity` keeps all runs.
   */
  readonly parkAfterMs?: number;
  /** What steps do that have no policy of their own, or leave a part of it out; default: one attempt, no timeout. */
  readonly stepPolicy?: Omit<StepPolicy, 'atMostOnce'>;
  /**
   * The most runs that are under way in this process. The others wait in the store, and runs that only wait make room for them.
   * Default: one for each 64 kB of the heap that the process may use (65,000 with 4 GB), of which a waiting run takes 8. In
   * addition, the size of journals that are read again is limited to a sixth of the heap.
   */
  readonly maxRuns?: number;
  /**
   * The most steps of a name that run at once in this process: `{ chargeCard: 5 }`. The name is the one in the source at the
   * call, without its `#2`. Calls that aren't awaited in place, and have no policy, begin before the limit can apply.
   */
  readonly maxSteps?: Readonly<Record<string, number>>;
  /**
   * A run is blocked, with a `CrashLoopError`, when its worker has died so often in a row before it recorded anything, and
   * twice no other run could be the reason. After the second time it is held back, for 1 s, then 2, 4, ... up to a minute.
   * Default: 5; `Infinity` counts nothing.
   */
  readonly maxCrashes?: number;
  /**
   * Runs are removed so long after they ended, with their journals, in small portions: `'30 days'`. From then on their ids are
   * free, so keep them longer than an id may come again. Runs that started another one keep it until they have completed or
   * are removed. Default: they are kept until `prune`.
   */
  readonly retention?: Duration;
  /** Told of every run that is parked as blocked; default: a warning through `process.emitWarning`. */
  readonly onBlocked?: (run: BlockedRun) => void;
  /**
   * Hides secrets where values are shown: by `createHandler`, by tools, and by `runtime.mask`. Called with each value, as a decoded copy,
   * and with where it is from. What is stored, and what runs and `handle.result()` get, stays as it is. If it throws, `[masked]` is shown.
   * Default: everything is shown as it is.
   */
  readonly mask?: Mask;
  /** Spans for runs and steps: `openTelemetry()` of `use-durable/opentelemetry`. Default: none. */
  readonly tracing?: Tracing;
  /** @internal */
  readonly clock?: Clock;
  /** @internal */
  readonly hooks?: RuntimeHooks;
}

export interface CloseOptions {
  /** Closes the store as well, once the runtime is closed. Default: false, since other runtimes may use it. */
  readonly store?: boolean;
  /**
   * How long to wait for running steps, in ms; default 30,000. After that the signal of `currentStep()` is aborted, and the
   * outcome of the step is dropped: the step is called again when the run resumes.
   */
  readonly timeoutMs?: number;
}

export interface StartOptions extends InputOptions {
  /** Default: a random UUID. The same id again is the same run. */
  readonly id?: string;
  /**
   * How long the run may take, from its start on. After that what it waits for fails with a `TimeoutError`, as if it had
   * been cancelled.
   */
  readonly timeout?: Duration;
  /** What the run can be found by, as with `setAttributes`. If the run exists, its own stay as they are. */
  readonly attributes?: AttributeChanges;
  /** Who starts it, such as the name of a user: for `runtime.audit(id)`. */
  readonly by?: string;
  /** @internal */
  readonly atOnce?: boolean;
}

const OPTIONS: readonly (keyof RuntimeOptions)[] = [
  'store',
  'leaseMs',
  'parkAfterMs',
  'stepPolicy',
  'maxRuns',
  'maxSteps',
  'maxCrashes',
  'retention',
  'onBlocked',
  'tracing',
  'mask',
];

/** A text such as '30000' would pass each comparison, and make a text of the first sum. */
const isNumber = (value: unknown): boolean => typeof value === 'number';

/** @throws MisuseError for options that can't be meant */
export function checkOptions(options: RuntimeOptions): void {
  checkNames('createRuntime', options, OPTIONS, ['clock', 'hooks']);
  const {
    store,
    leaseMs,
    parkAfterMs,
    maxRuns,
    maxSteps,
    maxCrashes,
    stepPolicy,
    onBlocked,
    tracing,
    retention,
    mask,
  } = options;
  if (typeof store?.append !== 'function') {
    throw new MisuseError(storeMissing());
  }
  if (leaseMs !== undefined && !(isNumber(leaseMs) && leaseMs > 0 && leaseMs <= LONGEST_LEASE)) {
    throw new MisuseError(leaseMsInvalid(leaseMs));
  }
  if (parkAfterMs !== undefined && !(isNumber(parkAfterMs) && parkAfterMs > 0)) {
    throw new MisuseError(parkAfterMsInvalid(parkAfterMs));
  }
  if (retention !== undefined) parseSpan('createRuntime: retention', retention);
  if (onBlocked !== undefined && typeof onBlocked !== 'function') {
    throw new MisuseError(onBlockedNoFunction());
  }
  if (mask !== undefined && typeof mask !== 'function') throw new MisuseError(maskNoFunction());
  if (tracing !== undefined && typeof tracing?.begin !== 'function') {
    throw new MisuseError(tracingInvalid());
  }
  if (
    maxSteps !== undefined &&
    (typeof maxSteps !== 'object' || maxSteps === null || Array.isArray(maxSteps))
  ) {
    throw new MisuseError(maxStepsNoObject());
  }
  for (const [name, limit] of Object.entries({ maxRuns, maxCrashes, ...maxSteps })) {
    if (
      limit === undefined ||
      (limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY))
    )
      continue;
    throw new MisuseError(stepLimitInvalid(name, limit));
  }
  if (stepPolicy === undefined) return;
  checkPolicy('createRuntime: stepPolicy', stepPolicy);
  if ('atMostOnce' in stepPolicy) {
    // The start of a call that isn't awaited can't be recorded before it is called.
    throw new MisuseError(atMostOnceForAllSteps());
  }
}
