import { join } from 'node:path';
import { createRuntime, fileStore, memoryStore, type Runtime } from 'use-durable';
import { loadPrograms } from './compile.ts';
import { compare, type Figure } from './measure.ts';
import { appendRound, sqliteRound, turnsRound } from './raw.ts';

const ROUNDS = 10;
const FILE_STEPS = 1000;
const MEMORY_STEPS = 20_000;
const FAN_OUT = 10_000;

/** One run: its steps one after the other on a file and in memory, and all at once. */
export async function stepFigures(folder: string): Promise<Figure[]> {
  return [...(await fileFigures(folder)), ...(await memoryFigures())];
}

async function fileFigures(folder: string): Promise<Figure[]> {
  const { sequence } = await loadPrograms();
  const runtime = createRuntime({ store: fileStore(join(folder, 'steps.db')) });
  const round = stepsRound(runtime, sequence, FILE_STEPS);
  const work = 'sequential steps, file store';
  const sqlite = await compare(work, '0.8', 2 * ROUNDS, round, {
    name: 'one-row SQLite transactions, FULL',
    round: sqliteRound(join(folder, 'steps-raw.db'), FILE_STEPS),
  });
  const append = await compare(work, '', ROUNDS, round, {
    name: 'append + fdatasync',
    round: appendRound(join(folder, 'raw.log'), FILE_STEPS),
  });
  await runtime.close();
  return [{ ...sqlite, reached: (sqlite.reference?.ratio ?? 0) / 0.8 }, append];
}

async function memoryFigures(): Promise<Figure[]> {
  const { sequence, fanOut } = await loadPrograms();
  const runtime = createRuntime({ store: memoryStore() });
  const round = stepsRound(runtime, sequence, MEMORY_STEPS);
  const memory = await compare('sequential steps, memory store', '250,000/s', ROUNDS, round, {
    name: 'turns of the event loop',
    round: () => turnsRound(MEMORY_STEPS),
  });
  const together = await compare(
    '10,000 steps at once, memory store',
    '0.67 (time x 1.5)',
    ROUNDS,
    stepsRound(runtime, fanOut, FAN_OUT),
    { name: 'sequential steps, memory store', round },
  );
  await runtime.close();
  return [
    { ...memory, reached: memory.rate / 250_000 },
    { ...together, reached: (together.reference?.ratio ?? 0) * 1.5 },
  ];
}

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
