import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The same work without us: what the disk, SQLite and the event loop cost at least. Each gives rounds for `ratePair`. */

const ROW = JSON.stringify({
  type: 'step',
  key: 'add[1000]',
  ok: true,
  value: '1j499500',
  at: 1_790_000_000_000,
  startedAt: 1_790_000_000_000,
  attempt: 1,
  worker: 'localhost:12345:00000000',
});

/**
 * Rows in transactions of so many, `synchronous=FULL`, prepared once.
 *
 * @param turn called between two transactions
 */
export function sqliteRound(
  path: string,
  rows: number,
  batch = 1,
  turn?: () => Promise<void>,
): () => Promise<number> {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec(
    'create table if not exists events (run integer, seq integer, data text, primary key (run, seq)) without rowid',
  );
  const insert = database.prepare('insert into events values (?, ?, ?)');
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  let run = 0;
  return async () => {
    run++;
    for (let seq = 0; seq < rows; ) {
      if (batch === 1) insert.run(run, seq++, ROW);
      else {
        begin.run();
        for (const end = seq + batch; seq < end; seq++) insert.run(run, seq, ROW);
        commit.run();
      }
      if (turn !== undefined) await turn();
    }
    return rows;
  };
}

/** Appending a line to a file and waiting for the disk. */
export function appendRound(path: string, count: number): () => number {
  const file = openSync(path, 'a');
  const line = `${'x'.repeat(200)}\n`;
  return () => {
    for (let index = 0; index < count; index++) {
      writeSync(file, line);
      fdatasyncSync(file);
    }
    return count;
  };
}

/** Turns of the event loop, one after the other: how often a run could be given something. */
export async function turnsRound(count: number): Promise<number> {
  for (let index = 0; index < count; index++) await nextTurn();
  return count;
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
