import { createRuntime, memoryStore } from 'use-durable';
import { loadPrograms } from './compile.ts';
import { compare, type Figure } from './measure.ts';
import { turnsRound } from './raw.ts';

const ROUNDS = 8;
const SHORT = 1000;
const LONG = 100_000;

/** How fast journals are fed to a run that starts again. */
export async function replayFigures(): Promise<Figure[]> {
  const short = await journal(SHORT);
  const long = await journal(LONG);
  // As many events in a round as there are in one of the long journal.
  const repeated = async (): Promise<number> => {
    for (let index = 0; index < LONG / SHORT; index++) await replay(short);
    return LONG;
  };
  const ofShort = await compare('replayed events, journal of 1,000', '250,000/s', ROUNDS, repeated, {
    name: 'turns of the event loop',
    round: () => turnsRound(LONG),
  });
  const ofLong = await compare(
    'replayed events, journal of 100,000',
    '0.87 (time x 1.15)',
    ROUNDS,
    () => replay(long),
    { name: 'journal of 1,000', round: repeated },
  );
  return [
    { ...ofShort, reached: ofShort.rate / 250_000 },
    { ...ofLong, reached: (ofLong.reference?.ratio ?? 0) * 1.15 },
  ];
}

type Events = NonNullable<Awaited<ReturnType<ReturnType<typeof memoryStore>['load']>>>['events'];

/** The journal of a run with so many steps that lacks only its end. */
async function journal(steps: number): Promise<Events> {
  const { sequence } = await loadPrograms();
  const store = memoryStore();
  const runtime = createRuntime({ store });
  const run = await runtime.start(sequence, [steps], { id: 'template' });
  await run.result();
  const recorded = await store.load('template');
  await runtime.close();
  return recorded?.events.slice(0, -1) ?? [];
}

async function replay(events: Events): Promise<number> {
  const [started] = events;
  if (started?.type !== 'run-started') throw new Error('the journal has no start');
  const store = memoryStore();
  const claim = await store.create('again', started, { worker: 'dead', pid: 0, host: '', leaseUntil: 0 });
  if (!claim) throw new Error('the run exists');
  await store.append([{ claim, seq: 1, events: events.slice(1) }]);
  await store.release('dead');
  const runtime = createRuntime({ store });
  const [handle] = await runtime.recover();
  await handle?.result();
  await runtime.close();
  return events.length;
}
