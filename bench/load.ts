import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createRuntime, fileStore, type Runtime } from 'use-durable';
import { loadPrograms } from './compile.ts';
import { compare, type Figure } from './measure.ts';
import { nextTurn, sqliteRound } from './raw.ts';

const RUNS = 100;
const STEPS = 20;
/** Groups of runs, one after the other, in a round. */
const GROUPS = 10;
const ROWS = RUNS * STEPS * GROUPS;
const DELAY_ROUNDS = 6;

/** Many runs at once on a file, each of whose steps is on the disk before it goes on. */
export async function loadFigures(folder: string): Promise<Figure[]> {
  const runtime = createRuntime({ store: fileStore(join(folder, 'load.db')) });
  const round = await loadRound(runtime);
  const raw = sqliteRound(join(folder, 'load-raw.db'), ROWS, RUNS, nextTurn);
  const together = await compare('steps of 100 runs at once, file store', '50,000/s', 8, round, {
    name: 'rows in SQLite transactions of 100, FULL',
    round: raw,
  });
  const delay = await delayed(round);
  const reference = await delayed(raw);
  await runtime.close();
  return [
    { ...together, reached: together.rate / 50_000 },
    {
      work: 'delay of the event loop under that load, p99',
      rate: delay,
      unit: 'ms',
      reference: { name: 'that of the SQLite transactions, one a turn', rate: reference },
      aim: '20 ms',
      reached: 20 / delay,
    },
  ];
}

async function loadRound(runtime: Runtime): Promise<() => Promise<number>> {
  const { sequence } = await loadPrograms();
  return async () => {
    for (let group = 0; group < GROUPS; group++) {
      const runs = Array.from({ length: RUNS }, () => runtime.start(sequence, [STEPS]));
      await Promise.all(runs.map(async (run) => (await run).result()));
    }
    return ROWS;
  };
}

/** How long a timer of 1 ms takes while this is under way, in ms: all but a hundredth of them are faster. */
async function delayed(round: () => Promise<number>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  for (let index = 0; index < DELAY_ROUNDS; index++) await round();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}
