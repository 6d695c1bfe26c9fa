import { CancelledError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definition.ts';
import type { Outcome } from '../../port/backend.ts';
import { timedOut } from '../../run/outcome.ts';
import { decodeError } from '../../values/codec.ts';
import type { Timer, Timers } from '../time/timers.ts';

/**
 * Whether a run is to be cancelled, by a request or because its time is over, and whether its code has been notified. Only the
 * first request has an effect.
 */
export class Cancellation {
  readonly #runId: string;
  readonly #deadline: number | undefined;
  readonly #timers: Timers;
  readonly #request: (error: string, message: number | undefined) => void;

  /** `queued`: requested, and to be delivered in its turn; `delivered`: the code was notified, or will be through `untold`. */
  #state: 'none' | 'queued' | 'delivered' = 'none';
  #untold: Outcome | undefined;
  #timer: Timer | undefined;

  /**
   * @param deadline ms since the epoch
   * @param request records the encoded error, with the message that brought it
   */
  constructor(
    runId: string,
    deadline: number | undefined,
    timers: Timers,
    request: (error: string, message: number | undefined) => void,
  ) {
    this.#runId = runId;
    this.#deadline = deadline;
    this.#timers = timers;
    this.#request = request;
  }

  /** From then on the time of the run has no meaning. */
  get requested(): boolean {
    return this.#state !== 'none';
  }

  get queued(): boolean {
    return this.#state === 'queued';
  }

  /** It was delivered while nothing was pending: the next request of the code is rejected with it. */
  get untold(): boolean {
    return this.#untold !== undefined;
  }

  takeUntold(): Outcome | undefined {
    const outcome = this.#untold;
    this.#untold = undefined;
    return outcome;
  }

  /** From now on the time of the run may run out. */
  watchDeadline(): void {
    if (this.#deadline === undefined || this.#state !== 'none') return;
    const late = timedOut(`The run "${this.#runId}" took longer than it may.`);
    this.#timer = this.#timers.add(this.#deadline, () => this.request(late.value, undefined));
  }

  request(error: string, message: number | undefined): void {
    if (this.#state !== 'none') return;
    this.#state = 'queued';
    this.#request(error, message);
  }

  /** @param isHeard whether the code waits for something that fails with it */
  deliver(outcome: Outcome, isHeard: boolean): void {
    this.#state = 'delivered';
    if (!isHeard) this.#untold = outcome;
  }

  /** Whether a run that ends so was ended by its cancellation. */
  explains({ ok, value }: Outcome, { classes }: Definition): boolean {
    if (ok || this.#state !== 'delivered') return false;
    try {
      return decodeError(value, classes) instanceof CancelledError;
    } catch {
      // What can't be read back is none of ours.
      return false;
    }
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }
}
