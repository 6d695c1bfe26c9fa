import type { SQLInputValue } from 'node:sqlite';
import { sparing } from './connection.ts';
import { told } from './crashes.ts';
import {
  type InspectSource,
  pageSize,
  type RunPage,
  type RunQuery,
  readSchedule,
  type ScheduleFacts,
  type Standing,
  type StatusCounts,
  type WorkerFacts,
} from './inspect-source.ts';
import { readJournal, readMessages } from './journal-rows.ts';
import { stateOfWorker } from './liveness.ts';
import type { Statement } from './numbered-parameters.ts';
import { ReadConnection } from './reading.ts';
import type { Row } from './row-sums.ts';
import { ATTRIBUTES } from './shown-statements.ts';
import { LAST, selectionOf } from './source-query.ts';
import { crashesFrom, ownerFrom, recordOf, settingSum } from './statements.ts';
import type { RunRecord, RunStatus, StoredRun } from './store.ts';

const UPDATED_AT =
  'max(r.changed_at, coalesce((select at from events where run = r.key order by seq desc limit 1), 0))';
/** Without a look at journals, for where a page of one is damaged. */
const BLINDLY = 'r.changed_at';

/**
 * The file of a store for those who look at it: read-only, beside workers, and over files of earlier formats and copies too.
 *
 * @throws StoreError if there is no such file, or it is of another program or a newer version
 */
export const fileSource = (path: string): InspectSource => new FileSource(new ReadConnection(path));

class FileSource implements InspectSource {
  readonly name: string;
  readonly #connection: ReadConnection;
  readonly #statements = new Map<string, Statement>();

  constructor(connection: ReadConnection) {
    this.name = connection.name;
    this.#connection = connection;
  }

  page(query: RunQuery = {}): RunPage {
    const limit = pageSize(query.limit);
    const { sql, values } = selectionOf(query, this.#connection.indexes, (selection) =>
      Number(
        this.#all(`select count(*) as count from (select 1 from ${selection.sql})`, ...selection.values)[0]
          ?.count,
      ),
    );
    const read = (updatedAt: string): readonly Row[] =>
      this.#all(
        `select r.key, ${this.#columns()}, ${updatedAt} as updated_at from ${sql} order by r.key desc limit ${limit + 1}`,
        ...values,
      );
    const rows = sparing(
      () => read(UPDATED_AT),
      () => read(BLINDLY),
    );
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { runs: shown.map(recordOf), ...(last && { next: String(last.key) }) };
  }

  counts(): StatusCounts {
    const counts = { running: 0, blocked: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { status, count } of this.#all('select status, count(*) as count from runs group by status'))
      if (Object.hasOwn(counts, String(status))) counts[status as RunStatus] = Number(count);
    return counts;
  }

  functions(): readonly string[] {
    // From each function to the next one in the index, not over all runs.
    return this.#all(
      `with recursive each(fn) as (select min(fn) from runs
        union all select (select min(fn) from runs where fn > each.fn) from each where each.fn is not null)
        select fn from each where fn is not null`,
    ).map(({ fn }) => String(fn));
  }

  ids(prefix: string, limit: number): readonly string[] {
    return this.#all(
      `select id from runs where id >= ? and id < ? and status <> 'pruned' order by id limit ?`,
      prefix,
      prefix + LAST,
      limit,
    ).map(({ id }) => String(id));
  }

  record(id: string): RunRecord | undefined {
    const read = (updatedAt: string): Row | undefined =>
      this.#all(`select ${this.#columns()}, ${updatedAt} as updated_at from runs r where r.id = ?`, id)[0];
    const row = sparing(
      () => read(UPDATED_AT),
      () => read(BLINDLY),
    );
    return row && recordOf(row);
  }

  load(id: string): StoredRun | undefined {
    return this.#connection.together(() => {
      const length = this.#connection.column('runs', 'length', '0', 'r');
      const [row] = this.#all(
        `select r.key, ${length}, ${this.#columns()}, ${UPDATED_AT} as updated_at from runs r where r.id = ?`,
        id,
      );
      if (row === undefined) return undefined;
      const record = recordOf(row);
      const sum = this.#connection.column('events', 'sum', 'null', 'e');
      const rows = this.#all(
        `select e.seq, e.data, ${sum} from events e where e.run = ? order by e.seq`,
        row.key!,
      );
      const events = readJournal(this.name, record, rows, Number(row.length));
      return { record, events, messages: readMessages(this.name, id, this.#unread(row.key!)) };
    });
  }

  standing(id: string): Standing | undefined {
    const of = (column: string, otherwise: string): string =>
      this.#connection.column('runs', column, otherwise, 'r');
    const counted = ['crashes', 'crashes_alone', 'crashes_lived'].map((column) => of(column, '0'));
    const [row] = this.#all(
      `select r.owner, ${of('claimed_at', '0')}, ${of('wake_at', '0')}, ${counted.join(', ')}, ${of('doing', 'null')},
        ${of('crashed', 'null')} from runs r where r.id = ?`,
      id,
    );
    if (row === undefined) return undefined;
    const worker = row.owner === null ? undefined : String(row.owner);
    const known = worker === undefined ? undefined : this.#worker(worker);
    return {
      ...(worker !== undefined && { owner: known ?? { worker, state: 'gone' } }),
      claimedAt: Number(row.claimed_at),
      wakeAt: row.wake_at === Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(row.wake_at),
      crashes: told(crashesFrom(row)),
    };
  }

  watched(id: string): readonly RunRecord[] {
    if (!this.#connection.has('watchers')) return [];
    return this.#all(
      `select ${this.#columns()}, r.changed_at as updated_at from watchers w join runs r on r.key = w.run
        where w.watcher = ? order by r.key`,
      id,
    ).map(recordOf);
  }

  workers(): readonly WorkerFacts[] {
    const held = new Map(
      this.#all('select owner, count(*) as count from runs where owner is not null group by owner').map(
        ({ owner, count }) => [owner, Number(count)],
      ),
    );
    return this.#all(`${this.#workersSql()} order by 1`).map((row) => ({
      ...workerFrom(row),
      runs: held.get(row.worker!) ?? 0,
    }));
  }

  setting(key: string): string | undefined {
    if (!this.#connection.has('settings')) return undefined;
    const sum = this.#connection.column('settings', 'sum', 'null', 's');
    const [row] = this.#all(`select s.value, ${sum} from settings s where s.key = ?`, key);
    const value = row && String(row.value);
    return value !== undefined && (row!.sum === null || row!.sum === settingSum(key, value))
      ? value
      : undefined;
  }

  schedules(): readonly ScheduleFacts[] {
    if (!this.#connection.has('settings')) return [];
    return this.#all(
      `select key, value from settings where key >= 'schedule:' and key < 'schedule;' order by key`,
    )
      .map(({ key, value }) => readSchedule(String(key).slice('schedule:'.length), String(value)))
      .filter((schedule) => schedule !== undefined);
  }

  position(): number {
    return Number(this.#all('pragma data_version')[0]?.data_version);
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #columns(): string {
    const attributes = this.#connection.has('attributes') ? ATTRIBUTES : 'null as attributes';
    const sum = this.#connection.column('runs', 'sum', 'null', 'r');
    return `r.id, r.fn, r.status, r.reason, r.created_at, ${sum}, ${attributes}`;
  }

  #unread(key: SQLInputValue): readonly Row[] {
    if (!this.#connection.has('messages')) return [];
    const sum = this.#connection.column('messages', 'sum', 'null', 'm');
    return this.#all(
      `select m.seq, m.kind, m.name, m.ok, m.value, ${sum}, r.id from messages m join runs r on r.key = m.run
        where m.run = ? order by m.seq`,
      key,
    );
  }

  /** The first format has a worker in each of its runs. */
  #workersSql(): string {
    return this.#connection.has('workers')
      ? 'select worker, pid, host, process, lease_until from workers'
      : `select owner as worker, owner_pid as pid, owner_host as host, owner_process as process, max(lease_until) as lease_until
          from runs where owner is not null and status in ('running', 'blocked') group by owner`;
  }

  #worker(worker: string): WorkerFacts | undefined {
    const row = this.#all(`select * from (${this.#workersSql()}) where worker = ?`, worker)[0];
    return row && workerFrom(row);
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    const known = this.#statements.get(sql);
    const statement = known ?? this.#connection.prepare(sql);
    if (known === undefined) this.#statements.set(sql, statement);
    return this.#connection.read(() => statement.all(...values));
  }
}

function workerFrom(row: Row): WorkerFacts {
  const { process: _, ...owner } = ownerFrom(row);
  return { ...owner, state: stateOfWorker(ownerFrom(row)) };
}
