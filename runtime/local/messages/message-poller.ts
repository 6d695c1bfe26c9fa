import type { AddressedMessage, Message, Store } from '../../stores/store.ts';
import type { System, SystemTimer } from '../time/system.ts';

/** How often messages from other processes are looked for, in ms. */
const POLL_MS = 50;

/** Brings the messages in the store to the runs that a runtime drives. */
export class MessagePoller {
  readonly #store: Store;
  readonly #worker: string;
  /** False if the run isn't under way here. */
  readonly #deliver: (runId: string, message: Message) => boolean;
  readonly #system: System;
  readonly #timer: SystemTimer | undefined;
  #last = 0;
  #expecting = 0;
  /** For runs that are being opened. */
  readonly #early = new Map<string, Message[]>();
  #polling: Promise<void> | undefined;

  /** @param alone no other process sends anything */
  constructor(
    store: Store,
    worker: string,
    deliver: (runId: string, message: Message) => boolean,
    alone: boolean,
    system: System,
  ) {
    this.#store = store;
    this.#worker = worker;
    this.#deliver = deliver;
    this.#system = system;
    // A message keeps no process alive; that a run waits for one does.
    if (!alone) this.#timer = system.setInterval(() => void this.poll(), POLL_MS).unref();
  }

  /** A run begins to wait for what only others can send, or has ceased to. */
  expect(change: 1 | -1): void {
    this.#expecting += change;
    if (this.#expecting === 0) this.#timer?.unref();
    else if (this.#expecting === 1 && change === 1) this.#timer?.ref();
  }

  /** A run has ended, for which another one may wait here: it need not wait for the next round, if there is one. */
  hint(): void {
    if (this.#expecting > 0 || this.#timer === undefined) void this.poll();
  }

  /** Calls back when all that was sent before this call has been delivered. */
  refresh(done: () => void): void {
    const polled = this.poll();
    if (polled === undefined) done();
    else void polled.then(() => (this.poll() ?? Promise.resolve()).then(done));
  }

  /** Delivers what is new. Undefined where the store answered at once; never rejects. */
  poll(): Promise<void> | undefined {
    if (this.#polling !== undefined) return this.#polling;
    try {
      const found = this.#store.messages(this.#worker, this.#last);
      if (!(found instanceof Promise)) {
        this.#take(found);
        return undefined;
      }
      this.#polling = found
        .then((later) => this.#take(later))
        // The next round tries again; a store that stays broken shows when a run is written.
        .catch(() => {})
        .finally(() => {
          this.#polling = undefined;
        });
      return this.#polling;
    } catch {
      return undefined;
    }
  }

  /** What came for a run while it was being opened. */
  takeEarly(runId: string): readonly Message[] {
    const early = this.#early.get(runId) ?? [];
    this.#early.delete(runId);
    return early;
  }

  stop(): void {
    this.#system.clear(this.#timer);
  }

  #take({ messages, last }: { readonly messages: readonly AddressedMessage[]; readonly last: number }): void {
    this.#last = last;
    for (const { runId, ...message } of messages) {
      if (this.#deliver(runId, message)) continue;
      const early = this.#early.get(runId);
      if (early === undefined) this.#early.set(runId, [message]);
      else early.push(message);
    }
  }
}
