/**
 * Journals in one SQLite file, through Node's own `node:sqlite`. Several processes may open the file; a commit is on the
 * disk when it returns.
 */

import { attributeText, checkAttributes } from '../base/attributes.ts';
import { MisuseError, StoreError } from '../base/errors.ts';
import {
  storedValueDamaged,
  storePathIsUrl,
  storePathNoString,
  storePathWithoutFile,
} from '../base/messages/stores.ts';
import type { RunEnded, RunStarted } from '../journal/events.ts';
import type { Outcome } from '../port/backend.ts';
import type { Action, ActionFilter, KeptAction } from './actions.ts';
import type { Claim, Claimant, ClaimWish } from './claims.ts';
import { Connection, type Statements, sparing } from './connection.ts';
import { receivedMessage, startedBy } from './event-effects.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { InspectSource } from './inspect-source.ts';
import { processView, type WorkersView } from './liveness.ts';
import type { Statement } from './numbered-parameters.ts';
import { rowSum } from './row-sums.ts';
import { SqliteActions } from './sqlite-actions.ts';
import { copyFile } from './sqlite-backup.ts';
import { SqliteClaims } from './sqlite-claims.ts';
import { SqliteJournals } from './sqlite-journals.ts';
import { SqliteMail } from './sqlite-mail.ts';
import { SqlitePruning } from './sqlite-pruning.ts';
import { SqliteShown } from './sqlite-shown.ts';
import { fileSource } from './sqlite-source.ts';
import { recordOf, settingSum } from './statements.ts';
import {
  type AddressedMessage,
  type Append,
  type CodeInUse,
  type Completed,
  type Heartbeat,
  hasEnded,
  type ListFilter,
  type LoadedRun,
  type NewMessage,
  OUR_LIMITS,
  type Pruned,
  type RunRecord,
  type RunStatus,
  type Sent,
  type Store,
} from './store.ts';
import { unknownCursor } from './store-errors.ts';

/** `Infinity` in a column of whole numbers. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/**
 * A store in one file, which is created (with its folder) if it is missing. SQLite keeps files with the endings `-wal` and
 * `-shm` next to it, which belong to it. It must be on a local disk.
 *
 * @throws StoreError if the path holds something else, or a file of a newer version
 */
export function fileStore(path: string): Store {
  if (typeof path !== 'string') {
    throw new MisuseError(storePathNoString());
  }
  if (path === '' || path.startsWith(':memory:') || path === 'memory:') {
    throw new MisuseError(storePathWithoutFile(path));
  }
  if (path.startsWith('file:')) {
    throw new MisuseError(storePathIsUrl(path));
  }
  return fileStoreSeenBy(path, processView);
}

/** @param view of the process that has the file open */
export const fileStoreSeenBy = (path: string, view: WorkersView): Store => new SqliteStore(path, view);

class SqliteStore implements Store {
  readonly name: string;
  readonly limits = OUR_LIMITS;
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #view: WorkersView;
  readonly #claims: SqliteClaims;
  readonly #mail: SqliteMail;
  readonly #pruning: SqlitePruning;
  readonly #shown: SqliteShown;
  readonly #actions: SqliteActions;
  readonly #journals: SqliteJournals;

  constructor(name: string, view: WorkersView) {
    this.name = name;
    this.#view = view;
    this.#connection = new Connection(name);
    this.#sql = this.#connection.sql;
    this.#claims = new SqliteClaims(this.#connection, view);
    this.#mail = new SqliteMail(name, this.#connection);
    this.#pruning = new SqlitePruning(name, this.#connection);
    this.#shown = new SqliteShown(this.#sql);
    this.#actions = new SqliteActions(this.#sql);
    this.#journals = new SqliteJournals(
      name,
      this.#connection,
      this.#claims,
      this.#mail,
      this.#shown,
      this.#actions,
    );
  }

  together(work: () => void): void {
    this.#claims.write(work);
  }

  create(id: string, started: RunStarted, by: Claimant, watcher?: string): Claim | null {
    return this.#claims.write(() => {
      const { at, fn } = started;
      this.#claims.join(by);
      const now = this.#view.now();
      const code = started.code?.[fn] ?? null;
      const sum = rowSum(id, fn, at, 'running');
      const row = this.#sql.insertRun.get(id, fn, at, by.worker, now, sum, code);
      if (row === undefined) return null;
      this.#journals.insert(id, row.key!, 0, started);
      if (started.attributes !== undefined) this.#shown.begin(row.key!, started.attributes);
      if (watcher !== undefined) this.#mail.watch(id, watcher);
      this.#actions.keep(row.key!, startedBy(started));
      return { runId: id, token: 1 };
    });
  }

  append(batch: readonly Append[]): readonly string[] {
    return this.#journals.append(batch);
  }

  reopen(
    id: string,
    { seq, token: last }: { readonly seq: number; readonly token: number },
    by: Claimant,
    action?: Action,
  ): Claim | null {
    return this.#claims.write(() => {
      const run = this.#sql.addressee.get(id);
      if (run === undefined || !hasEnded(run.status as RunStatus) || Number(run.token) !== last) return null;
      const key = run.key!;
      this.#claims.join(by);
      const undone = this.#journals.removeFrom(key, seq);
      this.#journals.restoreCodes(key);
      const { token } = this.#sql.reopen.get(this.#view.now(), by.worker, key, seq)!;
      const unread = this.#mail.takeUnread(id, key);
      for (const event of undone) {
        if (event?.type === 'received' && event.again !== true) this.#mail.send(id, receivedMessage(event));
        if (event?.type === 'callback-created') this.#sql.deleteCallback.run(event.token);
      }
      for (const message of unread) if (message.kind !== 'cancel') this.#mail.send(id, message);
      this.#mail.resendEnds(id);
      this.#actions.keep(key, action);
      return { runId: id, token: Number(token) };
    });
  }

  prune(before: number, rows: number): Pruned {
    return this.#pruning.prune(before, rows);
  }

  send(runId: string, message: NewMessage, action?: Action): Sent {
    return this.#claims.write(() => {
      const run = this.#sql.addressee.get(runId);
      if (run !== undefined) this.#journals.assertIntact(runId, run);
      const sent = this.#mail.send(runId, message);
      if (sent === 'sent') this.#actions.keepOf(runId, action);
      return sent;
    });
  }

  complete(token: string, outcome: Outcome, now: number, action?: Action): Completed {
    // Guesses of tokens by strangers must not take the write lock.
    const refused = this.#connection.read(() => this.#mail.refusal(token, now));
    if (refused !== undefined) return refused;
    return this.#claims.write(() => {
      const completed = this.#mail.complete(token, outcome, now);
      if (completed === 'completed') this.#actions.keepOf(this.#mail.runOf(token), action);
      return completed;
    });
  }

  watch(runId: string, watcher: string): void {
    this.#claims.write(() => this.#mail.watch(runId, watcher));
  }

  messages(worker: string, after: number): { messages: readonly AddressedMessage[]; last: number } {
    return this.#mail.of(worker, after);
  }

  block({ runId, token }: Claim, reason: string, crashLoop = false): boolean {
    const blockWith = (statement: Statement): boolean =>
      this.#claims.write(
        () => statement.run(reason, this.#view.now(), crashLoop ? 1 : 0, runId, token).changes === 1,
      );
    return sparing(
      () => blockWith(this.#sql.block),
      () => blockWith(this.#sql.blockBlindly),
    );
  }

  note(claim: Claim, doing: string): void {
    this.#claims.note(claim, doing);
  }

  clear(claims: readonly Claim[]): void {
    this.#claims.clear(claims);
  }

  waiting(fns: readonly string[], now: number): readonly string[] {
    return this.#claims.waiting(fns, now);
  }

  load(id: string): LoadedRun | undefined {
    return this.#journals.load(id);
  }

  runOf(token: string): string | undefined {
    return this.#connection.read(() => this.#mail.runOf(token));
  }

  ended(id: string): RunEnded | undefined {
    return this.#journals.ended(id);
  }

  record(id: string): RunRecord | undefined {
    const { record, recordBlindly } = this.#sql;
    const row = sparing(
      () => this.#connection.read(() => record.get(id)),
      () => this.#connection.read(() => recordBlindly.get(id)),
    );
    return row && recordOf(row);
  }

  claim(by: Claimant, wish: ClaimWish = {}): readonly Claim[] {
    return this.#claims.claim(by, wish);
  }

  park({ runId, token }: Claim, until: number, seen: number): boolean {
    const due = Math.min(until, FOR_EVER);
    return this.#connection.guard('written', () => this.#sql.park.run(seen, due, runId, token).changes === 1);
  }

  nextDue(fns: readonly string[]): number | undefined {
    const row = this.#connection.read(() => this.#sql.nextDue.get(JSON.stringify(fns)));
    if (row === undefined) return undefined;
    return row.wake_at === FOR_EVER ? Number.POSITIVE_INFINITY : Number(row.wake_at);
  }

  setting(key: string): string | undefined {
    const row = this.#connection.guard('read', () => this.#sql.setting.get(key));
    if (row === undefined) return undefined;
    const value = String(row.value);
    // Rows of files from before version 4 have no checksum.
    if (row.sum === null || row.sum === settingSum(key, value)) return value;
    throw new StoreError(storedValueDamaged(this.name, key), { partial: true });
  }

  swap(key: string, before: string | undefined, after: string): boolean {
    const { insertSetting, updateSetting } = this.#sql;
    return this.#connection.guard('written', () => {
      const done =
        before === undefined
          ? insertSetting.run(key, after, settingSum(key, after))
          : updateSetting.run(after, settingSum(key, after), key, before);
      return done.changes === 1;
    });
  }

  renew(by: Claimant, wasBlocked = false): boolean {
    return this.#claims.renew(by, wasBlocked);
  }

  heartbeat(by: Claimant, ms: number): Heartbeat | undefined {
    return startHeartbeat(this.name, by, ms);
  }

  release(worker: string): void | Promise<void> {
    return this.#claims.release(worker);
  }

  list({ status, fn, limit = 100, cursor, attributes = {} }: ListFilter = {}): readonly RunRecord[] {
    const { list, listBlindly, listWith, listWithBlindly, addressee } = this.#sql;
    const [first, ...others] = Object.entries(checkAttributes('list', attributes)).map(
      ([name, value]): [string, string] => [name, attributeText(value)],
    );
    const wanted = first === undefined ? [] : [...first, JSON.stringify(others)];
    const read = (statement: Statement): readonly RunRecord[] =>
      this.#connection.read(() => {
        const after = cursor === undefined ? 0 : addressee.get(cursor)?.key;
        if (after === undefined) throw unknownCursor(cursor!);
        const fns = fn === undefined ? null : JSON.stringify(typeof fn === 'string' ? [fn] : fn);
        return statement.all(after, status ?? null, fns, limit, ...wanted).map(recordOf);
      });
    return sparing(
      () => read(first === undefined ? list : listWith),
      () => read(first === undefined ? listBlindly : listWithBlindly),
    );
  }

  act(runId: string | undefined, action: Action): void {
    this.#claims.write(() => this.#actions.keepOf(runId, action));
  }

  actions(filter: ActionFilter): readonly KeptAction[] {
    return this.#connection.read(() => this.#actions.list(filter));
  }

  codeInUse(): readonly CodeInUse[] {
    const rows = this.#connection.read(() => this.#sql.codeInUse.all());
    return rows.map(({ fn, code, running, blocked, since }) => ({
      fn: String(fn),
      code: code === null ? null : String(code),
      running: Number(running),
      blocked: Number(blocked),
      since: Number(since),
    }));
  }

  isInUse(fn: string, code: string): boolean {
    return this.#connection.read(() => this.#sql.isInUse.get(fn, code)?.yes === 1);
  }

  inspect(): InspectSource {
    return fileSource(this.name);
  }

  async backup(path: string): Promise<void> {
    // Says so if the store is closed, or its file gone.
    this.#connection.guard('read', () => {});
    await copyFile(this.name, path);
  }

  close(): void {
    this.#connection.close();
  }
}
