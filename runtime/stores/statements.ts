/** The SQL of the file store, and the contents of its rows. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import * as zlib from 'node:zlib';
import { rowChanged } from '../base/messages/damage.ts';
import { faultOf } from '../journal/event-shapes.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { Claimant } from './claims.ts';
import { type CountedCrashes, NO_CRASHES, SUSPECT } from './crashes.ts';
import { type Owner, ownerOf } from './liveness.ts';
import { isRunIntact, type Row } from './row-sums.ts';
import { ATTRIBUTES, attributesFrom, SHOWN_SQL } from './shown-statements.ts';
import type { Message, NewMessage, RunRecord, RunStatus } from './store.ts';

const COLUMNS = 'r.id, r.fn, r.status, r.reason, r.created_at, r.sum';
const RECORD = `${COLUMNS},
  max(r.changed_at, coalesce((select at from events where run = r.key order by seq desc limit 1), 0)) as updated_at,
  ${ATTRIBUTES}`;
/** Without a look at the journal, for where a page of it is damaged. */
const BLIND_RECORD = `${COLUMNS}, r.changed_at as updated_at`;
/**
 * Notes how many events the journal has. To do so with every append would cost a second page in each; so it is done
 * where the row of the run is written anyway, and what is noted is how many there are at least.
 */
const LENGTH = 'length = max(length, coalesce((select max(seq) + 1 from events where run = key), 0))';
/** Held by a worker that was found gone. */
const ORPHANED = `owner in (select distinct owner from runs where owner is not null
  except select worker from workers)`;
const LISTED = `r.status <> 'pruned' and (?2 is null or r.status = ?2) and (?3 is null or
  r.fn in (select value from json_each(?3)))`;
/** The run of an attribute has all of these too, a list of names and values. */
const HAS_OTHERS = `not exists (select 1 from json_each(?7) f where not exists (select 1 from attributes b
  where b.run = a.run and b.name = f.value ->> 0 and b.value = f.value ->> 1))`;
/** How many events the journal has. */
const NEXT = 'coalesce((select max(seq) + 1 from events where run = key), 0)';
/** Its crashes count no more. */
const INNOCENT = 'crashes = 0, crashes_alone = 0, crashes_lived = 0, doing = null';
/** Nobody may still ask for its end: a run that started it and is under way, or may be resumed and isn't removed itself. */
const UNWATCHED = `not exists (select 1 from watchers w join runs p on p.id = w.watcher where w.run = runs.key
  and (p.status in ('running', 'blocked') or (p.status <> 'completed' and p.changed_at >= ?1)))`;
/**
 * Whatever sets a status sets the checksum of the row with it (`nextRowSum`). What is read here of a row is what it was
 * before.
 */
const sumWith = (status: string): string => `sum = next_row_sum(sum, id, fn, created_at, status, ${status})`;
/** Only these; `?1` is a list in JSON, or null for all. */
const OF_FUNCTIONS = '(?1 is null or fn in (select value from json_each(?1)))';

export const SQL = {
  begin: 'begin immediate',
  beginRead: 'begin',
  commit: 'commit',
  rollback: 'rollback',
  insertRun: `insert into runs
    (id, fn, status, created_at, changed_at, token, owner, claimed_at, length, sum, code)
    values (?1, ?2, 'running', ?3, ?3, 1, ?4, ?5, 1, ?6, ?7) on conflict (id) do nothing returning key`,
  insertEvent: 'insert into events (run, seq, at, data, sum) values (?, ?, ?, ?, ?)',
  // The fence. Reading it is much cheaper than writing the run's row with each append, and as safe: the transaction
  // holds the write lock already.
  held: `select key, (select max(seq) + 1 from events where run = key) as next from runs
    where id = ? and token = ? and owner is not null`,
  // One event of one run, the usual append, is one statement with the fence in it: its own transaction.
  appendOne: `insert into events (run, seq, at, data, sum) select key, ?1, ?2, ?3, ?6 from runs
    where id = ?4 and token = ?5 and owner is not null
    and ?1 = (select max(seq) + 1 from events where run = key)`,
  end: `update runs set status = ?1, reason = null, changed_at = ?2, owner = null, ${INNOCENT}, ${LENGTH}, ${sumWith('?1')}
    where key = ?3`,
  // What is no text in a damaged file counts as none.
  setCode: `update runs set code = ?1 where key = ?2 and fn = ?3`,
  setCodeOfCalled: `insert into codes (run, fn, code) select key, ?3, ?1 from runs where key = ?2 and fn <> ?3
    on conflict (run, fn) do update set code = excluded.code`,
  deleteCodes: 'delete from codes where run = ?',
  codeInUse: `select fn, code, sum(status = 'running') as running, sum(status = 'blocked') as blocked, min(created_at) as since
    from (select fn, code, status, created_at from runs where status in ('running', 'blocked')
      union all select c.fn, c.code, r.status, r.created_at from codes c join runs r on r.key = c.run
        where r.status in ('running', 'blocked'))
    group by fn, code order by fn, since`,
  isInUse: `select exists (select 1 from runs where fn = ?1 and code = ?2 and status in ('running', 'blocked'))
    or exists (select 1 from codes c join runs r on r.key = c.run
      where c.fn = ?1 and c.code = ?2 and r.status in ('running', 'blocked')) as yes`,
  insertMessage: 'insert into messages (run, kind, name, ok, value, sum) values (?, ?, ?, ?, ?, ?)',
  deleteMessage: 'delete from messages where seq = ? and run = ?',
  deleteMessages: 'delete from messages where run = ?',
  unread: `select m.seq, m.kind, m.name, m.ok, m.value, m.sum, r.id from messages m join runs r on r.key = m.run
    where m.run = ? order by m.seq`,
  mail: `select m.seq, m.kind, m.name, m.ok, m.value, m.sum, r.id from messages m join runs r on r.key = m.run
    where m.seq > ? and r.owner = ? order by m.seq`,
  lastMessage: `select coalesce((select seq from sqlite_sequence where name = 'messages'), 0) as last`,
  addressee: 'select key, status, token, id, fn, created_at, sum from runs where id = ?',
  insertCallback: 'insert into callbacks (token, run, until) values (?, ?, ?) on conflict (token) do nothing',
  callback: `select c.used, c.until, r.id, r.status from callbacks c join runs r on r.key = c.run where c.token = ?`,
  useCallback: 'update callbacks set used = 1 where token = ?',
  insertWatcher: 'insert into watchers (run, watcher) values (?, ?) on conflict do nothing',
  watchers: 'select watcher from watchers where run = ?',
  watched: 'select r.id, r.key, r.status from watchers w join runs r on r.key = w.run where w.watcher = ?',
  dataVersion: 'pragma data_version',
  reopen: `update runs set status = 'running', reason = null, changed_at = ?1, owner = ?2, wake_at = 0, token = token + 1,
    length = ?4, claimed_at = ?1, ${INNOCENT}, ${sumWith("'running'")} where key = ?3 returning token`,
  eventsFrom: 'select data from events where run = ? and seq >= ? order by seq',
  deleteEventsFrom: 'delete from events where run = ? and seq >= ?',
  deleteCallback: 'delete from callbacks where token = ?',
  prunable: `select key, id, status from runs where status in ('completed', 'failed', 'cancelled') and changed_at < ?1
    and ${UNWATCHED} order by changed_at limit ?2`,
  halfPruned: `select key, id, status from runs where status = 'pruned' limit ?`,
  stillPrunable: `select id, fn, created_at, status, sum from runs where key = ? and status in ('completed', 'failed', 'cancelled') and changed_at < ?`,
  condemn: `update runs set id = ?, status = 'pruned', reason = null, sum = null where key = ?`,
  deleteSomeEvents: `delete from events
    where run = ?1 and seq in (select seq from events where run = ?1 order by seq desc limit ?2)`,
  deleteSomeMessages: 'delete from messages where seq in (select seq from messages where run = ? limit ?)',
  deleteSomeCallbacks:
    'delete from callbacks where token in (select token from callbacks where run = ? limit ?)',
  deleteSomeWatchers: `delete from watchers
    where run = ?1 and watcher in (select watcher from watchers where run = ?1 limit ?2)`,
  deleteRun: 'delete from runs where key = ?',
  // With crashes it is blocked as their reason.
  block: `update runs set status = 'blocked', reason = ?, changed_at = ?, owner = null, crashes = iif(?, max(crashes, 1), 0),
    ${LENGTH}, ${sumWith("'blocked'")} where id = ? and token = ? and owner is not null`,
  blockBlindly: `update runs set status = 'blocked', reason = ?, changed_at = ?, owner = null,
    crashes = iif(?, max(crashes, 1), 0), ${sumWith("'blocked'")} where id = ? and token = ? and owner is not null`,
  events: 'select seq, data, sum from events where run = ? order by seq',
  lastEvent: 'select seq, data, sum from events where run = ? order by seq desc limit 1',
  record: `select r.key, r.length, r.token, ${RECORD} from runs r where r.id = ?`,
  recordBlindly: `select r.key, r.length, ${BLIND_RECORD} from runs r where r.id = ?`,
  // Conditions on `owner` and `status` must be worded as in the indexes, or SQLite doesn't use them.
  // Left to itself, it takes the index of all that have this status, and sorts a million sleeping runs at each look.
  parked: `select key from runs indexed by runs_parked where owner is null and status = 'running' and wake_at <= ?2 and ${OF_FUNCTIONS}
    and crashes between ?4 and ?5 order by wake_at limit ?3`,
  orphaned: `select key from runs where ${ORPHANED} and ${OF_FUNCTIONS} order by key limit ?2`,
  heldBy: 'select key, id from runs where owner = ? and owner is not null order by key',
  blocked: `select key from runs where status = 'blocked' and crashes = 0 and ${OF_FUNCTIONS}
    and (?3 is null or id in (select value from json_each(?3))) order by key limit ?2`,
  unblock: `update runs set status = 'running', reason = null, changed_at = ?, wake_at = 0, ${sumWith("'running'")}
    where key = ?`,
  // `?3`: also one that is held back, or blocked, because of its crashes.
  candidate: `select key from runs where id = ?1 and status in ('running', 'blocked') and (?3
    or (iif(status = 'blocked', 0, ?4) <= crashes and crashes <= iif(status = 'blocked', 0, ?5)))
    and ((owner is null and (wake_at <= ?2 or (?3 and crashes > 0))) or ${ORPHANED})`,
  standing: `select id, fn, status, owner, claimed_at, crashes, crashes_alone, crashes_lived, doing, crashed from runs where key = ?`,
  hasProgressed: `select ${NEXT} > length as yes from runs where key = ?`,
  // Two are enough to know that there is more than one.
  unchanged: `select key from runs where owner = ? and status = 'running' and ${NEXT} <= length limit 2`,
  holdBack: `update runs set owner = null, wake_at = ?, crashes = ?, crashes_alone = ?, crashes_lived = ?, crashed = ?
    where key = ?`,
  // Few runs have any.
  crashed: `select key, status, owner, crashes, crashes_alone, crashes_lived, doing, crashed from runs
    where crashes > 0 and instr(crashed, ?) > 0`,
  absolve: `update runs set crashes = ?1, crashes_alone = ?2, crashed = ?3,
    wake_at = iif(status = 'blocked', 0, wake_at),
    changed_at = iif(status = 'blocked', ?4, changed_at), reason = null, status = 'running',
    ${sumWith("'running'")} where key = ?5`,
  note: 'update runs set doing = ? where id = ? and token = ? and owner is not null',
  clear: `update runs set ${INNOCENT} where id = ? and token = ? and owner is not null`,
  waiting: `select key, id from runs where key in (
      select key from runs indexed by runs_parked where owner is null and status = 'running' and wake_at <= ?2
      union select key from runs where crashes > 0 and owner is null and status = 'running'
      union select key from runs where ${ORPHANED}) and ${OF_FUNCTIONS} order by key`,
  size: 'select coalesce(sum(octet_length(data)), 0) as bytes from events where run = ?',
  nextDue: `select wake_at from runs indexed by runs_parked where owner is null and status = 'running' and ${OF_FUNCTIONS}
    order by wake_at limit 1`,
  take: `update runs set token = token + 1, owner = ?1, changed_at = iif(status = 'blocked', ?2, changed_at),
    status = 'running', reason = null, wake_at = 0, claimed_at = ?2, crashes = ?4, crashes_alone = ?5, crashes_lived = ?6,
    crashed = ?7, doing = null, ${LENGTH}, ${sumWith("'running'")} where key = ?3 returning id, token`,
  takeBlindly: `update runs set token = token + 1, owner = ?1, changed_at = iif(status = 'blocked', ?2, changed_at),
    status = 'running', reason = null, wake_at = 0, claimed_at = ?2, crashes = ?4, crashes_alone = ?5, crashes_lived = ?6,
    crashed = ?7, doing = null, ${sumWith("'running'")} where key = ?3 returning id, token`,
  // A run that only waits is not the reason of crashes; one that waits for room (`?2` is 0) may be.
  park: `update runs set owner = null, ${LENGTH}, crashes = iif(?2 = 0 and ${NEXT} <= length, crashes, 0),
    wake_at = iif(exists (select 1 from messages where run = key and seq > ?1), 0, ?2)
    where id = ?3 and token = ?4 and owner is not null`,
  // What is held back after crashes is not woken by what it is sent.
  wake: `update runs set wake_at = 0 where key = ? and owner is null and status = 'running' and crashes < ${SUSPECT}`,
  workers: 'select worker, pid, host, process, lease_until from workers',
  join: `insert into workers (worker, pid, host, process, lease_until) values (?, ?, ?, ?, ?) on conflict do nothing`,
  leave: 'delete from workers where worker = ?',
  renew: 'update workers set lease_until = ? where worker = ?',
  release: `update runs set owner = null, wake_at = 0, crashes = iif(${NEXT} > length, 0, crashes), ${LENGTH}
    where key in (select key from runs where owner = ?1 and owner is not null limit ?2)`,
  releaseBlindly: `update runs set owner = null, wake_at = 0
    where key in (select key from runs where owner = ?1 and owner is not null limit ?2)`,
  setting: 'select value, sum from settings where key = ?',
  insertSetting: 'insert into settings (key, value, sum) values (?, ?, ?) on conflict do nothing',
  updateSetting: 'update settings set value = ?, sum = ? where key = ? and value = ?',
  list: `select ${RECORD} from runs r
    where r.key > ?1 and ${LISTED} order by r.key limit ?4`,
  listBlindly: `select ${BLIND_RECORD} from runs r
    where r.key > ?1 and ${LISTED} order by r.key limit ?4`,
  // From the first attribute on: left to itself, SQLite may go over all runs instead.
  listWith: `select ${RECORD} from attributes a cross join runs r on r.key = a.run
    where a.name = ?5 and a.value = ?6 and a.run > ?1 and ${LISTED} and ${HAS_OTHERS} order by a.run limit ?4`,
  listWithBlindly: `select ${BLIND_RECORD} from attributes a cross join runs r on r.key = a.run
    where a.name = ?5 and a.value = ?6 and a.run > ?1 and ${LISTED} and ${HAS_OTHERS} order by a.run limit ?4`,
  ...SHOWN_SQL,
};

/** In the order of the statement `join`. */
export function workerColumns(by: Claimant): SQLInputValue[] {
  const { worker, pid, host, process, leaseUntil } = ownerOf(by);
  return [worker, pid, host, process, leaseUntil];
}

export const ownerFrom = (row: Row): Owner => ({
  worker: String(row.worker),
  pid: Number(row.pid),
  host: String(row.host),
  process: row.process === null ? null : String(row.process),
  leaseUntil: Number(row.lease_until),
});

/** A run whose row was changed counts as blocked, whatever its status is. */
export const recordOf = (row: Row): RunRecord => ({
  id: String(row.id),
  fn: String(row.fn),
  status: isRunIntact(row) ? (row.status as RunStatus) : 'blocked',
  reason: isRunIntact(row)
    ? row.reason === null
      ? null
      : String(row.reason)
    : `${rowChanged()} (${row.status})`,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
  attributes: attributesFrom(row),
});

/** What is kept of the workers, in the order of their crashes. */
export const workersText = ({ workers }: CountedCrashes): string =>
  JSON.stringify(workers.map(({ name, alone }) => [name, alone ? 1 : 0]));

function workersFrom({ crashed }: Row): CountedCrashes['workers'] {
  if (crashed === null) return [];
  const pairs = JSON.parse(String(crashed)) as [string, number][];
  return pairs.map(([name, alone]) => ({ name, alone: alone === 1 }));
}

export const crashesFrom = (row: Row): CountedCrashes =>
  row.crashes === 0
    ? NO_CRASHES
    : {
        count: Number(row.crashes),
        alone: Number(row.crashes_alone),
        lived: Number(row.crashes_lived),
        doing: row.doing === null ? null : String(row.doing),
        workers: workersFrom(row),
      };

/** The rest of a message whose row was changed, so that its run can report it. */
export const messageFrom = (row: Row): Message => ({
  seq: Number(row.seq),
  kind: row.kind as Message['kind'],
  name: String(row.name),
  ok: row.ok === 1,
  value: String(row.value),
});

/** Rows of files from before version 4 have no checksum. */
export const isMessageIntact = (row: Row): boolean =>
  (row.sum === null || row.sum === messageSum(String(row.id), messageFrom(row))) &&
  MESSAGE_KINDS.has(String(row.kind)) &&
  typeof row.name === 'string' &&
  typeof row.value === 'string';

const MESSAGE_KINDS = new Set<string>(['signal', 'callback', 'child', 'cancel'] satisfies Message['kind'][]);

/** @param id of the run that it is for */
export const messageSum = (id: string, { kind, name, ok, value }: NewMessage): number =>
  zlib.crc32(value, zlib.crc32(JSON.stringify([id, kind, name, ok])));

export const settingSum = (key: string, value: string): number =>
  zlib.crc32(value, zlib.crc32(JSON.stringify(key)));

/** Undefined if the data is no event, or not as such an event must be. */
export function parseEvent(data: SQLOutputValue | undefined): JournalEvent | undefined {
  const event = parseData(data);
  return event !== undefined && faultOf(event) === undefined ? (event as JournalEvent) : undefined;
}

/** Undefined if the data is nothing that could be an event. */
export function parseData(data: SQLOutputValue | undefined): object | undefined {
  try {
    const event: unknown = JSON.parse(String(data));
    return typeof event === 'object' && event !== null && !Array.isArray(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
