/** The format of our files: marks, tables, and the files that must not be touched. */

import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../base/errors.ts';
import {
  fileIsNoDatabase,
  fileOfAnotherProgram,
  fileTooNew,
  pathIsNoFile,
  storeNotOpened,
} from '../base/messages/stores.ts';

/** Marks a database as ours in its header: "uDur". */
const APPLICATION_ID = 0x75447572;

/**
 * Step n migrates a file from version n to version n + 1. Released steps are never changed; new ones are added. Only the header
 * of the file is read before it is opened, so a migration has to end in the main file (see `open`).
 */
const MIGRATIONS = [
  `create table runs (
     key integer primary key,
     id text not null unique,
     fn text not null,
     status text not null,
     reason text,
     created_at integer not null,
     changed_at integer not null,
     token integer not null,
     owner text,
     owner_pid integer,
     owner_host text,
     owner_process text,
     lease_until integer
   );
   create index runs_open on runs (owner) where status in ('running', 'blocked');
   create table events (
     run integer not null references runs (key),
     seq integer not null,
     at integer not null,
     data text not null,
     primary key (run, seq)
   ) without rowid;`,
  `create table messages (
     seq integer primary key autoincrement,
     run integer not null references runs (key),
     kind text not null,
     name text not null,
     ok integer not null,
     value text not null
   );
   create index messages_by_run on messages (run, seq);
   create table callbacks (
     token text primary key,
     run integer not null references runs (key),
     until integer,
     used integer not null default 0
   ) without rowid;
   create table watchers (
     run integer not null references runs (key),
     watcher text not null,
     primary key (run, watcher)
   ) without rowid;
   create table settings (key text primary key, value text not null) without rowid;
   create table workers (
     worker text primary key,
     pid integer not null,
     host text not null,
     process text,
     lease_until integer not null
   ) without rowid;
   insert or ignore into workers
     select owner, owner_pid, owner_host, owner_process, lease_until from runs
     where owner is not null and status in ('running', 'blocked');
   drop index runs_open;
   alter table runs drop column owner_pid;
   alter table runs drop column owner_host;
   alter table runs drop column owner_process;
   alter table runs drop column lease_until;
   alter table runs add column wake_at integer not null default 0;
   create index runs_held on runs (owner) where owner is not null;
   create index runs_parked on runs (wake_at, fn) where owner is null and status = 'running';
   create index runs_blocked on runs (key) where status = 'blocked';
   create index runs_ended on runs (changed_at) where status in ('completed', 'failed', 'cancelled');
   create index runs_by_status on runs (status, key);
   create index runs_by_fn on runs (fn, key);`,
  `alter table events add column sum integer;
   alter table runs add column length integer not null default 0;`,
  `alter table runs add column claimed_at integer not null default 0;
   alter table runs add column crashes integer not null default 0;
   alter table runs add column crashes_alone integer not null default 0;
   alter table runs add column crashes_lived integer not null default 0;
   alter table runs add column doing text;
   create index runs_crashed on runs (key) where crashes > 0;
   alter table messages add column sum integer;
   alter table settings add column sum integer;`,
  `alter table runs add column crashed text;
   alter table runs add column sum integer;`,
  `alter table runs add column code text;
   create table codes (
     run integer not null references runs (key),
     fn text not null,
     code text not null,
     primary key (run, fn)
   ) without rowid;
   update runs set code = (
     select j.value from events e, json_each(iif(json_valid(e.data), e.data, '{}'), '$.code') j
     where e.run = runs.key and instr(e.data, '"code":{') > 0 and j.key = runs.fn order by e.seq desc limit 1
   ) where status in ('running', 'blocked');
   insert into codes (run, fn, code)
     select e.run, j.key, j.value from runs r join events e on e.run = r.key,
       json_each(iif(json_valid(e.data), e.data, '{}'), '$.code') j
     where r.status in ('running', 'blocked') and instr(e.data, '"code":{') > 0 and j.key <> r.fn
       and j.type = 'text' order by e.seq
     on conflict (run, fn) do update set code = excluded.code;
   create index runs_by_code on runs (fn, code) where status in ('running', 'blocked');
   create index codes_by_code on codes (fn, code);`,
  // A process with the version before, which had the file open, removes runs without knowing of these.
  `create table attributes (
     run integer not null references runs (key) on delete cascade,
     name text not null,
     value text not null,
     primary key (run, name)
   ) without rowid;
   create index attributes_by_value on attributes (name, value, run);
   create table actions (
     seq integer primary key autoincrement,
     run integer references runs (key) on delete cascade,
     data text not null
   );
   create index actions_by_run on actions (run, seq);`,
];

const VERSION = MIGRATIONS.length;

/** What other versions may miss, and don't mind: it changes nothing but how fast things are found. */
const INDEX = { name: 'callbacks_by_run', on: 'callbacks (run)' };

/** Journals contain the inputs of runs, the results of steps, and secrets. No other user may read them. */
export const OWN_FILE = 0o600;
export const OWN_FOLDER = 0o700;

const MAGIC = 'SQLite format 3\0';
const HEADER_LENGTH = 100;

/**
 * Checks the file without opening it as a database, since opening can change it or create files next to it. A missing file or
 * folder is created for this user alone; the modes of existing ones don't change.
 *
 * @throws StoreError if there is something else at this path, which then is untouched
 */
export function inspect(path: string): void {
  const header = readHeader(path);
  // An empty file is a database without any data; another process may be about to write to it.
  if (header === undefined || header.length === 0) return;
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || header.length < HEADER_LENGTH) {
    throw new StoreError(fileIsNoDatabase(path));
  }
  if (header.readInt32BE(68) !== APPLICATION_ID) throw foreign(path);
  checkVersion(path, header.readInt32BE(60));
}

/**
 * How a file stands to this version of the package, without touching it: `missing`; `ours`; `older`, which opening it would
 * migrate, so that workers with an older package can't open it any more; `other` for everything that can't be opened.
 */
export function formatOf(path: string): 'missing' | 'ours' | 'older' | 'other' {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return 'missing';
  const header = readHeader(path);
  if (header === undefined || header.length < HEADER_LENGTH) return 'other';
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || header.readInt32BE(68) !== APPLICATION_ID)
    return 'other';
  const found = header.readInt32BE(60);
  return found === VERSION ? 'ours' : found < VERSION ? 'older' : 'other';
}

/**
 * Makes an opened file ready: marks, tables, modes.
 *
 * @throws StoreError if its contents, as SQLite sees them now, are not ours or of a newer version
 */
export function prepare(db: DatabaseSync, path: string): void {
  if (version(db) !== VERSION) {
    // In one transaction, and before WAL is set, so that the marks are in the main file from its first moment on. Two
    // processes may open a new file at once; the second finds it done.
    db.exec('begin immediate');
    try {
      migrate(db, path);
      db.exec('commit');
    } catch (error) {
      db.exec('rollback');
      throw error;
    }
  }
  addIndex(db);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
}

/**
 * The header in the file may be older than what SQLite has beside it.
 *
 * @throws StoreError for a file of a newer version
 */
export const requireReadable = (db: DatabaseSync, path: string): void => checkVersion(path, version(db));

function migrate(db: DatabaseSync, path: string): void {
  const from = version(db);
  checkVersion(path, from);
  if (from === 0) {
    if (db.prepare('select 1 from sqlite_master limit 1').get() !== undefined) throw foreign(path);
    db.exec(`pragma application_id = ${APPLICATION_ID}`);
  }
  for (const step of MIGRATIONS.slice(from)) db.exec(step);
  db.exec(`pragma user_version = ${VERSION}`);
}

/** Without it, to remove a run would read all callbacks. */
function addIndex(db: DatabaseSync): void {
  const found = db.prepare('select 1 from sqlite_master where name = ?').get(INDEX.name);
  if (found === undefined) db.exec(`create index if not exists ${INDEX.name} on ${INDEX.on}`);
}

const version = (db: DatabaseSync): number => Number(db.prepare('pragma user_version').get()?.user_version);

function checkVersion(path: string, found: number): void {
  if (found <= VERSION) return;
  throw new StoreError(fileTooNew(path, found, VERSION));
}

const foreign = (path: string): StoreError => new StoreError(fileOfAnotherProgram(path));

function readHeader(path: string): Buffer | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWN_FOLDER });
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      // SQLite would make a file that all may read. Those beside it get the same mode.
      closeSync(openSync(path, 'a', OWN_FILE));
      return undefined;
    }
    if (!stat.isFile()) {
      throw new StoreError(pathIsNoFile(path));
    }
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(HEADER_LENGTH);
      return header.subarray(0, readSync(file, header, 0, HEADER_LENGTH, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(storeNotOpened(path, (cause as Error).message), { cause });
  }
}
