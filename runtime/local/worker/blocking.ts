import { textOf } from '../../base/error-text.ts';
import { CrashLoopError, LeaseLostError, type StoreError } from '../../base/errors.ts';
import { onBlockedThrew } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import { outside } from '../../run/context.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Store } from '../../stores/store.ts';
import { reportBlocked, reportStopped } from '../run/lifecycle-events.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { deferred } from '../time/deferred.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import type { BlockedRun } from './options.ts';
import type { StoreFailureRetries } from './store-failure-retries.ts';

interface BlockingOptions {
  readonly store: Store;
  readonly services: RuntimeServices;
  readonly source: HandleSource;
  readonly retries: StoreFailureRetries;
  readonly onBlocked: (run: BlockedRun) => void;
  /** A run turned out to be another worker's. */
  readonly onLost: () => void;
}

/** Runs that can't resume in this process: marks them as blocked, and reports that. */
export class Blocking {
  readonly #options: BlockingOptions;

  constructor(options: BlockingOptions) {
    this.#options = options;
  }

  get #source(): HandleSource {
    return this.#options.source;
  }

  get #retries(): StoreFailureRetries {
    return this.#options.retries;
  }

  /** The store can't load the run now. This worker keeps its claim, and tries again later. */
  postpone(claim: Claim, error: StoreError): RunHandle {
    const { promise, reject } = deferred();
    const handle = new RunHandle(claim.runId, this.#source, promise);
    handle.left('stopped');
    this.#retries.add(claim);
    reject(error);
    return handle;
  }

  /** Blocks a run that was never launched here. */
  async refuse(claim: Claim, fn: string, error: Error): Promise<RunHandle> {
    const { promise, reject } = deferred();
    const handle = new RunHandle(claim.runId, this.#source, promise);
    handle.left('stopped');
    reject(await this.block(claim, fn, error, handle));
    return handle;
  }

  /** Marks a run as blocked in the store. Returns the error with which its `result()` rejects. */
  async block(claim: Claim, fn: string, error: Error, handle: RunHandle): Promise<Error> {
    const { store, services, onBlocked, onLost } = this.#options;
    const id = claim.runId;
    try {
      if (!(await store.block(claim, reasonOf(error), error instanceof CrashLoopError))) {
        onLost();
        const lost = new LeaseLostError(id);
        reportStopped(services, id, fn, lost);
        return lost;
      }
      handle.left('over');
    } catch {
      // The journal is untouched. The reason of the block matters more to the caller than this failure.
      this.#retries.add(claim);
    }
    reportBlocked(services, id, fn, error);
    try {
      const returned: unknown = outside(() => onBlocked({ id, fn, error }));
      if (returned instanceof Promise) returned.catch(warnOfListener);
    } catch (thrown) {
      warnOfListener(thrown);
    }
    return error;
  }
}

/** A listener that throws changes nothing: `result()` of the run rejects in any case. */
const warnOfListener = (thrown: unknown): void =>
  emitWarning('USE_DURABLE_LISTENER', onBlockedThrew(textOf(thrown, true)));

/** The message of an error, cut, since it may quote a long value. */
function reasonOf({ message }: Error): string {
  return message.length > LONGEST_REASON ? `${message.slice(0, LONGEST_REASON)}...` : message;
}

const LONGEST_REASON = 10_000;
