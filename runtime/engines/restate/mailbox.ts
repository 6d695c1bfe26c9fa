import type { Until } from '../../port/backend.ts';
import { timedOut } from '../../run/outcome.ts';
import type { Pump, Watch } from './pump.ts';
import type { RunContext } from './sdk.ts';
import { fromLine, type Recorded, TEXT } from './wire.ts';

/** The name of the engine's promise that holds the signal with this index, from 0, among those of its name. */
export const signalPromise = (name: string, index: number): string => `signal/${index}/${name}`;

interface Receiver {
  readonly settle: (message: Recorded) => void;
  timer?: Watch;
}

/**
 * The signals of one name. Each is a promise of the engine, and the run waits for one of them at a time. So the first request
 * gets the first signal, also after other requests were cancelled.
 */
export class Mailbox {
  readonly #ctx: RunContext;
  readonly #pump: Pump;
  readonly #name: string;
  readonly #receivers: Receiver[] = [];
  /** Signals that arrived when nothing waited for them any more. */
  readonly #kept: Recorded[] = [];
  #next = 0;
  #asked = false;

  constructor(ctx: RunContext, pump: Pump, name: string) {
    this.#ctx = ctx;
    this.#pump = pump;
    this.#name = name;
  }

  /**
   * @param expire is called when the time is over; the receiver gets nothing then
   * @returns what to call if the receiver doesn't wait any more
   */
  receive(
    settle: (message: Recorded) => void,
    timeout: { readonly ms: number; readonly key: string; readonly expire: () => void } | undefined,
  ): () => void {
    const kept = this.#kept.shift();
    if (kept !== undefined) {
      this.#pump.post(() => settle(kept));
      return () => {};
    }
    const receiver: Receiver = { settle };
    this.#receivers.push(receiver);
    this.#ask();
    if (timeout !== undefined) {
      const { ms, key, expire } = timeout;
      receiver.timer = this.#pump.watch(this.#ctx.sleep(ms, `${key} (timeout)`), () => {
        this.#forget(receiver);
        expire();
      });
    }
    return () => this.#forget(receiver);
  }

  #ask(): void {
    if (this.#asked || this.#receivers.length === 0) return;
    this.#asked = true;
    const promise = this.#ctx.promise<string>(signalPromise(this.#name, this.#next++), TEXT).get();
    this.#pump.watch(promise, (line) => {
      this.#asked = false;
      const message = fromLine(String(line));
      const receiver = this.#receivers.shift();
      if (receiver === undefined) this.#kept.push(message);
      else {
        receiver.timer?.drop();
        this.#ask();
        receiver.settle(message);
      }
    });
  }

  #forget(receiver: Receiver): void {
    const index = this.#receivers.indexOf(receiver);
    if (index !== -1) this.#receivers.splice(index, 1);
    receiver.timer?.drop();
  }
}

/** How long a wait is from now on, in ms, by the real clock. */
export const remaining = (until: Until): number => Math.max(0, until(Date.now()) - Date.now());

export const notAnswered = (what: string): ReturnType<typeof timedOut> =>
  timedOut(`${what} was not answered in time.`);
