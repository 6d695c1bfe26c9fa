import type { SQLOutputValue } from 'node:sqlite';
import { rowChanged } from '../base/messages/damage.ts';
import type { JournalEvent, RecordedVersions, RunEnded } from '../journal/events.ts';
import type { Connection, Statements } from './connection.ts';
import { endMessage, isPlainAppend, statusAfter } from './event-effects.ts';
import { damagedJournal, readEnd, readJournal, readMessages } from './journal-rows.ts';
import { checksum, isRunIntact, type Row } from './row-sums.ts';
import type { SqliteActions } from './sqlite-actions.ts';
import type { SqliteClaims } from './sqlite-claims.ts';
import type { SqliteMail } from './sqlite-mail.ts';
import type { SqliteShown } from './sqlite-shown.ts';
import { parseEvent, recordOf } from './statements.ts';
import { type Append, hasEnded, type LoadedRun, type RunStatus } from './store.ts';

/** Whether one event is all that an append changes. */
const isSinglePlain = ({ events, shown, action }: Append): boolean =>
  events.length === 1 && shown === undefined && action === undefined && isPlainAppend(events[0]!);

/** The journals in one file: how events are written with their checksums, and read again. */
export class SqliteJournals {
  readonly #store: string;
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #claims: SqliteClaims;
  readonly #mail: SqliteMail;
  readonly #shown: SqliteShown;
  readonly #actions: SqliteActions;

  constructor(
    store: string,
    connection: Connection,
    claims: SqliteClaims,
    mail: SqliteMail,
    shown: SqliteShown,
    actions: SqliteActions,
  ) {
    this.#store = store;
    this.#connection = connection;
    this.#sql = connection.sql;
    this.#claims = claims;
    this.#mail = mail;
    this.#shown = shown;
    this.#actions = actions;
  }

  append(batch: readonly Append[]): readonly string[] {
    const [only] = batch;
    const [event] = only?.events ?? [];
    if (only && event && batch.length === 1 && isSinglePlain(only)) {
      return this.#appendOne(only, event) ? [] : [only.claim.runId];
    }
    return this.#claims.write(() => {
      const refused: string[] = [];
      for (const append of batch) if (!this.#append(append)) refused.push(append.claim.runId);
      return refused;
    });
  }

  #appendOne({ claim: { runId, token }, seq }: Append, event: JournalEvent): boolean {
    return this.#connection.guard('written', () => {
      const data = JSON.stringify(event);
      const sum = checksum(runId, seq, data);
      return this.#sql.appendOne.run(seq, event.at, data, runId, token, sum).changes === 1;
    });
  }

  /** False if the claim or the place in the journal is no longer valid; then nothing was written. */
  #append(append: Append): boolean {
    const { claim, seq, events, shown, action } = append;
    const [first] = events;
    if (first !== undefined && isSinglePlain(append)) return this.#appendOne(append, first);
    const run = this.#sql.held.get(claim.runId, claim.token);
    if (run === undefined || run.next !== seq) return false;
    const key = run.key!;
    if (shown !== undefined) this.#shown.write(key, shown);
    this.#actions.keep(key, action);
    let next = seq;
    for (const event of events) {
      this.insert(claim.runId, key, next++, event);
      if (!isPlainAppend(event)) this.#apply(claim.runId, key, event);
    }
    return true;
  }

  insert(id: string, key: SQLOutputValue, seq: number, event: JournalEvent): void {
    const data = JSON.stringify(event);
    this.#sql.insertEvent.run(key, seq, event.at, data, checksum(id, seq, data));
  }

  /** What an event changes besides the journal. */
  #apply(id: string, key: SQLOutputValue, event: JournalEvent): void {
    if (event.code !== undefined) this.#setCodes(key, event.code);
    if (event.type === 'callback-created') {
      this.#sql.insertCallback.run(event.token, key, event.until ?? null);
    } else if (event.type === 'run-ended') {
      this.#sql.end.run(statusAfter(event), event.at, key);
      this.#sql.deleteCodes.run(key);
      // One that failed may be resumed, and then takes what it was sent.
      if (event.ok) this.#sql.deleteMessages.run(key);
      for (const { watcher } of this.#sql.watchers.all(key))
        this.#mail.send(String(watcher), endMessage(id, event));
    } else if ('message' in event) this.#sql.deleteMessage.run(event.message!, key);
  }

  #setCodes(key: SQLOutputValue, codes: RecordedVersions): void {
    for (const [fn, code] of Object.entries(codes)) {
      if (this.#sql.setCode.run(code, key, fn).changes === 0) this.#sql.setCodeOfCalled.run(code, key, fn);
    }
  }

  /** What the events of a run say of its code, where that is no longer what was written. Part of a transaction of the caller. */
  restoreCodes(key: SQLOutputValue): void {
    this.#sql.deleteCodes.run(key);
    for (const { data } of this.#sql.eventsFrom.all(key, 0)) {
      const codes = parseEvent(data)?.code;
      if (codes !== undefined) this.#setCodes(key, codes);
    }
  }

  /** Removes the events from `seq` on, and returns those that can be read. Part of a transaction of the caller. */
  removeFrom(key: SQLOutputValue, seq: number): readonly (JournalEvent | undefined)[] {
    const events = this.#sql.eventsFrom.all(key, seq).map(({ data }) => parseEvent(data));
    this.#sql.deleteEventsFrom.run(key, seq);
    return events;
  }

  load(id: string): LoadedRun | undefined {
    return this.#connection.readOf(`the run "${id}"`, () => {
      const row = this.#sql.record.get(id);
      if (row === undefined) return undefined;
      const record = recordOf(row);
      const events = readJournal(this.#store, record, this.#sql.events.all(row.key!), Number(row.length));
      // Behind what says more exactly what is wrong.
      this.assertIntact(id, row);
      const messages = readMessages(this.#store, id, this.#sql.unread.all(row.key!));
      return { record, events, messages, token: Number(row.token) };
    });
  }

  ended(id: string): RunEnded | undefined {
    return this.#connection.readOf(`the run "${id}"`, () => {
      const row = this.#sql.record.get(id);
      if (row !== undefined) this.assertIntact(id, row);
      if (row === undefined || !hasEnded(row.status as RunStatus)) return undefined;
      return readEnd(this.#store, recordOf(row), this.#sql.lastEvent.get(row.key!));
    });
  }

  assertIntact(id: string, row: Row): void {
    if (!isRunIntact(row)) throw damagedJournal(this.#store, id, rowChanged());
  }
}
