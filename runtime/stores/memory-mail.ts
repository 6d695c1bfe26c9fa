import type { CallbackCreated, JournalEvent } from '../journal/events.ts';
import type { Outcome } from '../port/backend.ts';
import { SUSPECT } from './crashes.ts';
import { endMessage, receivedMessage } from './event-effects.ts';
import type { Run } from './memory-run.ts';
import { type AddressedMessage, type Completed, hasEnded, type NewMessage, type Sent } from './store.ts';

interface StoredCallback {
  readonly runId: string;
  /** ms since the epoch */
  readonly until: number;
  used: boolean;
}

/** The messages to runs in memory, and the callbacks that can be completed. */
export class MemoryMail {
  readonly #runs: ReadonlyMap<string, Run>;
  readonly #callbacks = new Map<string, StoredCallback>();
  #lastMessage = 0;

  constructor(runs: ReadonlyMap<string, Run>) {
    this.#runs = runs;
  }

  send(runId: string, message: NewMessage): Sent {
    const run = this.#runs.get(runId);
    if (run === undefined) return 'unknown';
    if (hasEnded(run.status)) return 'ended';
    run.messages.push({ ...message, seq: ++this.#lastMessage });
    // What is held back after crashes is not woken by what it is sent.
    if (run.crashes.count < SUSPECT) run.wakeAt = 0;
    return 'sent';
  }

  complete(token: string, { ok, value }: Outcome, now: number): Completed {
    const callback = this.#callbacks.get(token);
    if (callback === undefined) return 'unknown';
    if (callback.used) return 'used';
    if (callback.until < now) return 'expired';
    if (this.send(callback.runId, { kind: 'callback', name: token, ok, value }) !== 'sent') return 'ended';
    callback.used = true;
    return 'completed';
  }

  /** The run that made a callback. */
  runOf(token: string): string | undefined {
    return this.#callbacks.get(token)?.runId;
  }

  watch(runId: string, watcher: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined || run.watchers.has(watcher)) return;
    run.watchers.add(watcher);
    const last = run.events.at(-1);
    if (last?.type === 'run-ended') this.send(watcher, endMessage(runId, last));
  }

  of(worker: string, after: number): { messages: readonly AddressedMessage[]; last: number } {
    if (after === this.#lastMessage) return { messages: [], last: after };
    const messages: AddressedMessage[] = [];
    for (const { id, owner, messages: all } of this.#runs.values()) {
      if (owner !== worker) continue;
      for (const message of all) if (message.seq > after) messages.push({ ...message, runId: id });
    }
    messages.sort((a, b) => a.seq - b.seq);
    return { messages, last: this.#lastMessage };
  }

  /** The run records a callback. */
  addCallback(runId: string, { token, until = Number.POSITIVE_INFINITY }: CallbackCreated): void {
    if (!this.#callbacks.has(token)) this.#callbacks.set(token, { runId, until, used: false });
  }

  forgetCallbacksOf(runs: ReadonlySet<string>): void {
    if (runs.size === 0) return;
    for (const [token, { runId }] of this.#callbacks) if (runs.has(runId)) this.#callbacks.delete(token);
  }

  /** Sends again what a reopened run had received in the events that were removed, and what it had not received. */
  rewind(run: Run, undone: readonly JournalEvent[]): void {
    const { id } = run;
    const unread = run.messages.splice(0);
    for (const event of undone) {
      if (event.type === 'received' && event.again !== true) this.send(id, receivedMessage(event));
      if (event.type === 'callback-created') this.#callbacks.delete(event.token);
    }
    for (const message of unread) if (message.kind !== 'cancel') this.send(id, message);
    // Runs that it watches may have ended since.
    for (const { id: other, watchers, events } of this.#runs.values()) {
      const last = events.at(-1);
      if (watchers.has(id) && last?.type === 'run-ended') this.send(id, endMessage(other, last));
    }
  }

  clear(): void {
    this.#callbacks.clear();
  }
}
