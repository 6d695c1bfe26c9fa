import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createRuntime, fileStore, type Runtime, type Store } from 'use-durable';
import type { Neighbour } from './bursts-child.ts';
import { compile, loadPrograms } from './compile.ts';
import type { Figure } from './measure.ts';

const STARTS = 20_000;
const READY = 10_000;

/** What a burst of starts, and many runs that go on at once, are to their process and to another one on the same file. */
export async function burstFigures(folder: string): Promise<Figure[]> {
  const { sequence } = await loadPrograms();
  return [
    ...(await burst(join(folder, 'starts.db'), `${amount(STARTS)} runs started in one turn`, (runtime) =>
      Array.from({ length: STARTS }, async () => (await runtime.start(sequence, [1])).result()),
    )),
    ...(await burst(join(folder, 'ready.db'), `${amount(READY)} runs that go on at once`, (runtime) =>
      Array.from({ length: READY }, async () => (await runtime.start(sequence, [5])).result()),
    )),
  ];
}

async function burst(
  file: string,
  work: string,
  begin: (runtime: Runtime) => Promise<unknown>[],
): Promise<Figure[]> {
  const holds = { longest: 0 };
  const runtime = createRuntime({ store: timed(fileStore(file), holds) });
  const child = fork(
    fileURLToPath(new URL('bursts-child.ts', import.meta.url)),
    [file, compile('programs.ts')],
    { execArgv: [] },
  );
  await once(child, 'message');
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const results = begin(runtime);
  // What the calls themselves take is the caller's.
  await new Promise((resolve) => setImmediate(resolve));
  delays.enable();
  await Promise.all(results);
  delays.disable();
  const neighbour = await stopped(child);
  await runtime.close({ store: true });
  if (neighbour.error !== undefined) throw new Error(`${work}: the other process: ${neighbour.error}`);
  const figure = (what: string, rate: number, aim: number): Figure => ({
    work: `${work}: ${what}`,
    rate,
    unit: 'ms',
    aim: `${aim} ms`,
    reached: aim / rate,
  });
  return [
    figure('longest transaction', holds.longest, 100),
    figure('longest delay of the event loop', delays.max / 1e6, 100),
    figure('longest run of another process', neighbour.longest, 500),
  ];
}

async function stopped(child: ChildProcess): Promise<Neighbour> {
  child.send('stop');
  const [report] = (await once(child, 'message')) as [Neighbour];
  return report;
}

/** The same store, each of whose calls that write is timed. */
function timed(store: Store, holds: { longest: number }): Store {
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) => {
        const begun = performance.now();
        const result: unknown = Reflect.apply(value, target, args);
        holds.longest = Math.max(holds.longest, performance.now() - begun);
        return result;
      };
    },
  });
}

const amount = (count: number): string => count.toLocaleString('en');
