/** The SQL of the file store, and what lies in its rows. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { JournalEvent } from '../local/events.ts';
import { type Owner, ownerOf } from './liveness.ts';
import type { Claimant, Message, RunRecord, RunStatus } from './store.ts';

export type Row = Record<string, SQLOutputValue>;

const RECORD = `r.id, r.fn, r.status, r.reason, r.created_at,
  max(r.changed_at, coalesce((select at from events where run = r.key order by seq desc limit 1), 0)) as updated_at`;
/** Must be worded as in the index `runs_open`, or SQLite doesn't use it. */
const OPEN = `status in ('running', 'blocked')`;

export const SQL = {
  begin: 'begin immediate',
  beginRead: 'begin',
  commit: 'commit',
  rollback: 'rollback',
  insertRun: `insert into runs
    (id, fn, status, created_at, changed_at, token, owner, owner_pid, owner_host, owner_process, lease_until)
    values (?1, ?2, 'running', ?3, ?3, 1, ?4, ?5, ?6, ?7, ?8) on conflict (id) do nothing returning key`,
  insertEvent: 'insert into events (run, seq, at, data) values (?, ?, ?, ?)',
  // The fence. Reading it is much cheaper than writing the run's row with each append, and as safe: the transaction
  // holds the write lock already.
  held: `select key, (select max(seq) + 1 from events where run = key) as next from runs
    where id = ? and token = ? and owner is not null`,
  // One event of one run, the usual append, is one statement with the fence in it: its own transaction.
  appendOne: `insert into events (run, seq, at, data) select key, ?1, ?2, ?3 from runs
    where id = ?4 and token = ?5 and owner is not null
    and ?1 = (select max(seq) + 1 from events where run = key)`,
  end: 'update runs set status = ?, reason = null, changed_at = ?, owner = null where key = ?',
  insertMessage: 'insert into messages (run, kind, name, ok, value) values (?, ?, ?, ?, ?)',
  deleteMessage: 'delete from messages where seq = ? and run = ?',
  deleteMessages: 'delete from messages where run = ?',
  unread: 'select seq, kind, name, ok, value from messages where run = ? order by seq',
  mail: `select m.seq, m.kind, m.name, m.ok, m.value, r.id from messages m join runs r on r.key = m.run
    where m.seq > ? and r.owner = ? order by m.seq`,
  lastMessage: `select coalesce((select seq from sqlite_sequence where name = 'messages'), 0) as last`,
  addressee: 'select key, status from runs where id = ?',
  insertCallback: 'insert into callbacks (token, run, until) values (?, ?, ?) on conflict (token) do nothing',
  callback: `select c.used, c.until, r.id from callbacks c join runs r on r.key = c.run where c.token = ?`,
  useCallback: 'update callbacks set used = 1 where token = ?',
  insertWatcher: 'insert into watchers (run, watcher) values (?, ?) on conflict do nothing',
  watchers: 'select watcher from watchers where run = ?',
  dataVersion: 'pragma data_version',
  block: `update runs set status = 'blocked', reason = ?, changed_at = ?, owner = null
    where id = ? and token = ? and owner is not null`,
  events: 'select seq, data from events where run = ? order by seq',
  lastEvent: 'select data from events where run = ? order by seq desc limit 1',
  record: `select r.key, ${RECORD} from runs r where r.id = ?`,
  candidates: `select key, owner, owner_pid, owner_host, owner_process, lease_until from runs where ${OPEN} order by key`,
  candidate: `select key, owner, owner_pid, owner_host, owner_process, lease_until from runs where id = ? and ${OPEN}`,
  take: `update runs set token = token + 1, owner = ?, owner_pid = ?, owner_host = ?, owner_process = ?, lease_until = ?,
    changed_at = iif(status = 'blocked', ?, changed_at), status = 'running', reason = null
    where key = ? returning id, token`,
  renew: `update runs set lease_until = ? where owner = ? and ${OPEN}`,
  release: `update runs set owner = null where owner = ? and ${OPEN}`,
  list: `select ${RECORD} from runs r
    where r.key > ?1 and (?2 is null or r.status = ?2) and (?3 is null or r.fn = ?3) order by r.key limit ?4`,
};

/** In the order of the statements that set an owner. */
export function ownerColumns(by: Claimant): SQLInputValue[] {
  const { worker, pid, host, process, leaseUntil } = ownerOf(by);
  return [worker, pid, host, process, leaseUntil];
}

export const ownerFrom = (row: Row): Owner => ({
  worker: String(row.owner),
  pid: Number(row.owner_pid),
  host: String(row.owner_host),
  process: row.owner_process === null ? null : String(row.owner_process),
  leaseUntil: Number(row.lease_until),
});

export const recordOf = (row: Row): RunRecord => ({
  id: String(row.id),
  fn: String(row.fn),
  status: row.status as RunStatus,
  reason: row.reason === null ? null : String(row.reason),
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});

export const messageFrom = (row: Row): Message => ({
  seq: Number(row.seq),
  kind: row.kind as Message['kind'],
  name: String(row.name),
  ok: row.ok === 1,
  value: String(row.value),
});

/** Undefined if the data is no event. */
export function parseEvent(data: SQLOutputValue | undefined): JournalEvent | undefined {
  try {
    const event = JSON.parse(String(data));
    return typeof event?.type === 'string' && typeof event.at === 'number' ? event : undefined;
  } catch {
    return undefined;
  }
}
