import type { SQLOutputValue } from 'node:sqlite';
import { outcomeUnreadable } from '../base/messages/damage.ts';
import type { Outcome } from '../port/backend.ts';
import type { Connection, Statements } from './connection.ts';
import { endMessage } from './event-effects.ts';
import { damagedJournal, damagedMessage, readMessages } from './journal-rows.ts';
import type { Row } from './row-sums.ts';
import { isMessageIntact, messageFrom, messageSum, parseEvent } from './statements.ts';
import {
  type AddressedMessage,
  type Completed,
  hasEnded,
  type Message,
  type NewMessage,
  type RunStatus,
  type Sent,
} from './store.ts';

/** The messages to the runs of a file. All methods but `of` are parts of transactions of their caller. */
export class SqliteMail {
  readonly #store: string;
  readonly #connection: Connection;
  readonly #sql: Statements;
  /**
   * The version of the data at the last read of `of`, and the number of the last message then; no number if this connection
   * has sent anything since. Several workers of one process may share the store: each has seen a number of its own.
   */
  #seenVersion: SQLOutputValue | undefined;
  #lastMessage: number | undefined;

  constructor(store: string, connection: Connection) {
    this.#store = store;
    this.#connection = connection;
    this.#sql = connection.sql;
  }

  send(runId: string, { kind, name, ok, value }: NewMessage): Sent {
    const run = this.#sql.addressee.get(runId);
    if (run === undefined) return 'unknown';
    if (hasEnded(run.status as RunStatus)) return 'ended';
    const sum = messageSum(runId, { kind, name, ok, value });
    this.#sql.insertMessage.run(run.key!, kind, name, ok ? 1 : 0, value, sum);
    this.#sql.wake.run(run.key!);
    this.#lastMessage = undefined;
    return 'sent';
  }

  /** Why a callback can't be completed; undefined if it can. */
  refusal(token: string, now: number): Exclude<Completed, 'completed'> | undefined {
    const callback = this.#sql.callback.get(token);
    if (callback === undefined) return 'unknown';
    if (callback.used === 1) return 'used';
    if (callback.until !== null && Number(callback.until) < now) return 'expired';
    return hasEnded(callback.status as RunStatus) ? 'ended' : undefined;
  }

  complete(token: string, { ok, value }: Outcome, now: number): Completed {
    const refused = this.refusal(token, now);
    if (refused !== undefined) return refused;
    const { id } = this.#sql.callback.get(token)!;
    this.send(String(id), { kind: 'callback', name: token, ok, value });
    this.#sql.useCallback.run(token);
    return 'completed';
  }

  /** The run that made a callback. */
  runOf(token: string): string | undefined {
    const callback = this.#sql.callback.get(token);
    return callback && String(callback.id);
  }

  watch(runId: string, watcher: string): void {
    const run = this.#sql.addressee.get(runId);
    if (run === undefined || this.#sql.insertWatcher.run(run.key!, watcher).changes === 0) return;
    if (hasEnded(run.status as RunStatus)) this.#sendEnd(runId, run.key!, watcher);
  }

  /** Sends the outcomes again to a run that had ended before the runs that it watches. */
  resendEnds(watcher: string): void {
    for (const { id, key, status } of this.#sql.watched.all(watcher)) {
      if (hasEnded(status as RunStatus)) this.#sendEnd(String(id), key!, watcher);
    }
  }

  #sendEnd(runId: string, key: SQLOutputValue, watcher: string): void {
    const last = parseEvent(this.#sql.lastEvent.get(key)?.data);
    // The watcher would wait forever.
    if (last?.type !== 'run-ended') throw damagedJournal(this.#store, runId, outcomeUnreadable());
    this.send(watcher, endMessage(runId, last));
  }

  /** Removes the messages that a run has not received, and returns them in the order of sending. */
  takeUnread(id: string, key: SQLOutputValue): readonly Message[] {
    const messages = readMessages(this.#store, id, this.#sql.unread.all(key));
    this.#sql.deleteMessages.run(key);
    return messages;
  }

  /** The messages after `after` to the runs of a worker, and the number of the last message of all. */
  of(worker: string, after: number): { messages: readonly AddressedMessage[]; last: number } {
    // Changes with each commit of another connection. Reading it needs no transaction.
    const version = this.#connection.guard('read', () => this.#sql.dataVersion.get()?.data_version);
    if (version === this.#seenVersion && after === this.#lastMessage) return { messages: [], last: after };
    return this.#connection.read(() => {
      this.#seenVersion = version;
      const last = Number(this.#sql.lastMessage.get()?.last);
      this.#lastMessage = last;
      if (last === after) return { messages: [], last };
      const rows = this.#sql.mail.all(after, worker);
      return { messages: rows.map((row) => this.#addressed(row)), last };
    });
  }

  #addressed(row: Row): AddressedMessage {
    const runId = String(row.id);
    const message = { ...messageFrom(row), runId };
    return isMessageIntact(row) ? message : { ...message, damage: damagedMessage(this.#store, runId, row) };
  }
}
