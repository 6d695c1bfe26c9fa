import { fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createRuntime, fileStore, memoryStore, type Runtime } from 'use-durable';
import { loadCompiled } from './compile.ts';
import { compileTimeFigures } from './compile-time.ts';
import { type Figure, formatFigures, rate, ratePair } from './measure.ts';

/** `npm run bench`: every figure beside its reference, measured in the same run on the same disk, round by round in turns. */
const programs = await loadCompiled<typeof import('./programs.ts')>('programs.ts');
const folder = mkdtempSync(join(tmpdir(), 'use-durable-bench-'));
const ROUNDS = 5;
const FILE_STEPS = 1000;

/** A round of one run with so many steps; its first and last event are included in its time. */
function stepsRound(
  runtime: Runtime,
  fn: (count: number) => Promise<number>,
  count: number,
): () => Promise<number> {
  return async () => {
    const run = await runtime.start(fn, [count]);
    await run.result();
    return count;
  };
}

async function memorySteps(fn: (count: number) => Promise<number>, count: number): Promise<number> {
  const runtime = createRuntime({ store: memoryStore() });
  const measured = await rate(ROUNDS, stepsRound(runtime, fn, count));
  await runtime.close();
  return measured;
}

/** One-row transactions with `synchronous=FULL`, prepared once: what a step must cost at least. */
function sqliteRound(count: number): () => number {
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
    at: Date.now(),
    startedAt: Date.now(),
    attempt: 1,
    worker: 'localhost:12345:00000000',
  });
  let run = 0;
  return () => {
    run++;
    for (let seq = 0; seq < count; seq++) insert.run(run, seq, row);
    return count;
  };
}

/** Appending a line to a file and waiting for the disk. */
function appendRound(count: number): () => number {
  const file = openSync(join(folder, 'raw.log'), 'a');
  const line = `${'x'.repeat(200)}\n`;
  return () => {
    for (let index = 0; index < count; index++) {
      writeSync(file, line);
      fdatasyncSync(file);
    }
    return count;
  };
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
const onFile = createRuntime({ store: fileStore(join(folder, 'runs.db')) });
const fileRound = stepsRound(onFile, programs.sequence, FILE_STEPS);
for (const [name, reference, aim] of [
  ['one-row SQLite transactions, FULL', sqliteRound(FILE_STEPS), '0.8'],
  ['append + fdatasync', appendRound(FILE_STEPS), ''],
] as const) {
  const pair = await ratePair(2 * ROUNDS, fileRound, reference);
  figures.push({
    work: 'sequential steps, file store',
    rate: pair.rate,
    reference: { name, rate: pair.reference, ratio: pair.ratio },
    aim,
  });
}
await onFile.close();
figures.push({
  work: 'sequential steps, memory store',
  rate: await memorySteps(programs.sequence, 20_000),
  aim: '100,000',
});
figures.push({
  work: '10,000 steps at once, memory store',
  rate: await memorySteps(programs.fanOut, 10_000),
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
figures.push(...(await compileTimeFigures()));

rmSync(folder, { recursive: true, force: true });
const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>;
};
const [cpu] = cpus();
console.log(
  `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, devalue ${dependencies.devalue}\n`,
);
console.log(formatFigures(figures));
