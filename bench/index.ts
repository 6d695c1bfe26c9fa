import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createRuntime, fileStore, memoryStore, type Store } from 'use-durable';
import { loadCompiled } from './compile.ts';
import { type Figure, formatFigures, rate } from './measure.ts';

/**
 * `npm run bench`: every figure beside its reference, measured in the same run. Rounds of ours and of the reference take
 * turns as whole measurements on the same disk.
 */
const programs = await loadCompiled<typeof import('./programs.ts')>('programs.ts');
const folder = mkdtempSync(join(tmpdir(), 'use-durable-bench-'));
const ROUNDS = 5;

/** Steps a second of one run, the first and last event of the run included in its time. */
async function steps(store: Store, fn: (count: number) => Promise<number>, count: number): Promise<number> {
  const runtime = createRuntime({ store });
  const measured = await rate(ROUNDS, async () => {
    const run = await runtime.start(fn, [count]);
    await run.result();
    return count;
  });
  await runtime.close();
  return measured;
}

/** One-row transactions with `synchronous=FULL`, prepared once: what a step must cost at least. */
async function rawSqlite(count: number): Promise<number> {
  const database = new DatabaseSync(join(folder, 'raw.db'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec(
    'create table events (run integer, seq integer, data text, primary key (run, seq)) without rowid',
  );
  const insert = database.prepare('insert into events values (?, ?, ?)');
  const row = JSON.stringify({
    type: 'step',
    key: 'add[1000]',
    ok: true,
    value: '1j499500',
    at: 0,
    startedAt: 0,
    attempt: 1,
    worker: 'w',
  });
  let run = 0;
  const measured = await rate(ROUNDS, () => {
    run++;
    for (let seq = 0; seq < count; seq++) insert.run(run, seq, row);
    return count;
  });
  database.close();
  return measured;
}

/** Appending a line to a file and waiting for the disk. */
async function rawAppend(count: number): Promise<number> {
  const file = openSync(join(folder, 'raw.log'), 'a');
  const line = `${'x'.repeat(120)}\n`;
  const measured = await rate(ROUNDS, () => {
    for (let index = 0; index < count; index++) {
      writeSync(file, line);
      fdatasyncSync(file);
    }
    return count;
  });
  closeSync(file);
  return measured;
}

/** Replays a journal of `count` steps that lacks only its end. */
async function replay(count: number): Promise<number> {
  const store = memoryStore();
  const first = createRuntime({ store });
  const run = await first.start(programs.sequence, [count], { id: 'template' });
  await run.result();
  const recorded = await store.load('template');
  await first.close();
  const events = recorded?.events.slice(0, -1) ?? [];
  const [started] = events;
  if (started?.type !== 'run-started') throw new Error('the journal has no start');
  return await rate(ROUNDS, async () => {
    const copy = memoryStore();
    const claimant = { worker: 'dead', pid: 0, host: '', leaseUntil: 0 };
    const claim = await copy.create('again', started, claimant);
    if (!claim) throw new Error('the run exists');
    await copy.append([{ claim, seq: 1, events: events.slice(1) }]);
    await copy.release('dead');
    const runtime = createRuntime({ store: copy });
    const [handle] = await runtime.recover();
    await handle?.result();
    await runtime.close();
    return count;
  });
}

const figures: Figure[] = [];
const sqlite = await rawSqlite(2000);
const file = await steps(fileStore(join(folder, 'runs.db')), programs.sequence, 2000);
const append = await rawAppend(2000);
figures.push({
  work: 'sequential steps, file store',
  rate: file,
  reference: { name: 'one-row SQLite transactions, FULL', rate: sqlite },
  aim: '0.8',
});
figures.push({
  work: 'sequential steps, file store',
  rate: file,
  reference: { name: 'append + fdatasync', rate: append },
  aim: '',
});
figures.push({
  work: 'sequential steps, memory store',
  rate: await steps(memoryStore(), programs.sequence, 20_000),
  aim: '100,000',
});
figures.push({
  work: '10,000 steps at once, memory store',
  rate: await steps(memoryStore(), programs.fanOut, 10_000),
  aim: '',
});
const short = await replay(1000);
figures.push({ work: 'replayed events, journal of 1,000', rate: short, aim: '100,000' });
figures.push({
  work: 'replayed events, journal of 100,000',
  rate: await replay(100_000),
  reference: { name: 'journal of 1,000', rate: short },
  aim: 'linear',
});

rmSync(folder, { recursive: true, force: true });
const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>;
};
const [cpu] = cpus();
console.log(
  `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, devalue ${dependencies.devalue}\n`,
);
console.log(formatFigures(figures));
