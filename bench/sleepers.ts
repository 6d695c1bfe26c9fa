import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRuntime, fileStore, memoryStore, type Store } from 'use-durable';
import { compile, loadPrograms } from './compile.ts';
import { type Figure, quantile } from './measure.ts';
import type { Report } from './sleepers-child.ts';

const SLEEPERS = 1_000_000;
/** In the file that the other is compared with. */
const FEW = 10_000;
const DUE = 10_000;
/** A run is due each so many ms: a thousand a second. */
const INTERVAL = 1;
/** From when the last of them is written until the first is due, in ms. */
const AHEAD = 6000;
const BATCH = 10_000;
const YEAR = 365 * 86_400_000;

/** A worker on a file with a million runs that sleep, of which some wake up: its start, its memory, how late they are. */
export async function sleeperFigures(folder: string): Promise<Figure[]> {
  const few = await sleepAndWake(join(folder, 'few.db'), FEW);
  const many = await sleepAndWake(join(folder, 'sleepers.db'), SLEEPERS);
  const name = `${FEW.toLocaleString('en')} runs`;
  const figure = (work: string, aim: number, of: (report: Report) => number, unit: 'ms' | 'MB'): Figure => ({
    work,
    rate: of(many),
    unit,
    reference: { name, rate: of(few) },
    aim: `${aim.toLocaleString('en')} ${unit}`,
    reached: aim / of(many),
  });
  return [
    figure('1,000,000 sleeping runs in a file: memory', 250, ({ resident }) => resident, 'MB'),
    figure('1,000,000 sleeping runs in a file: start-up', 2000, ({ startUp }) => startUp, 'ms'),
    figure('1,000 of them wake up a second: how late, p99', 100, ({ late }) => quantile(late, 0.99), 'ms'),
  ];
}

async function sleepAndWake(file: string, sleepers: number): Promise<Report> {
  const template = await sleepingJournal();
  const store = fileStore(file);
  const now = Date.now();
  for (let from = DUE; from < sleepers; from += BATCH) {
    await fill(store, template, from, Math.min(BATCH, sleepers - from), () => now + YEAR);
  }
  const first = Date.now() + AHEAD;
  await fill(store, template, 0, DUE, (index) => first + index * INTERVAL);
  await store.release(WRITER.worker);
  await store.close();
  const child = fork(
    fileURLToPath(new URL('sleepers-child.ts', import.meta.url)),
    [file, compile('programs.ts'), String(DUE), String(first), String(INTERVAL)],
    { execArgv: [] },
  );
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The worker on the sleeping runs ended with ${code}.`);
  });
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [Report];
  ended.catch(() => {});
  return report;
}

const WRITER = { worker: 'bench', pid: 0, host: '', leaseUntil: 0 };

type Events = NonNullable<Awaited<ReturnType<Store['load']>>>['events'];

/** The journal of a run that sleeps, as the runtime writes it. */
async function sleepingJournal(): Promise<Events> {
  const { nap } = await loadPrograms();
  const store = memoryStore();
  const runtime = createRuntime({ store });
  const run = await runtime.start(nap, [], { id: 'template' });
  run.result().catch(() => {});
  // What it waits for is written by then.
  await runtime.close();
  const recorded = await store.load('template');
  return recorded?.events ?? [];
}

/** Sleeping runs `run-<from>` and so on, in one transaction: to start each of them would measure something else. */
async function fill(
  store: Store,
  [started, set]: Events,
  from: number,
  count: number,
  due: (index: number) => number,
): Promise<void> {
  if (started?.type !== 'run-started' || set?.type !== 'wait-set')
    throw new Error('The template does not sleep.');
  await store.together(() => {
    for (let index = from; index < from + count; index++) {
      const until = due(index);
      const claim = { runId: `run-${index}`, token: 1 };
      void store.create(claim.runId, started, WRITER);
      void store.append([{ claim, seq: 1, events: [{ ...set, until }] }]);
      void store.park(claim, until, 0);
    }
  });
}
