import { setImmediate as turn } from 'node:timers/promises';
import { createRuntime, memoryStore, type Store } from '../../runtime/index.ts';
import { loadPrograms } from './compile.ts';
import type { Engine } from './harness.ts';
import { type DurableFunction, functionOf } from './load.ts';
import { runOf } from './local-run.ts';
import { mortal } from './mortal-store.ts';
import { memory as traits } from './traits.ts';
import { noteDeath } from './world.ts';

/** No program writes as many events. */
const MOST_LIVES = 300;

let counter = 0;

/** Our runtime over a store in memory, and with a process that dies behind every single event. */
export const memory: Engine = {
  ...traits,
  async open(crash) {
    const modules = await loadPrograms('compiled');
    const closers: (() => Promise<void>)[] = [];
    return {
      start: async (program) => {
        const id = `memory-${process.pid}-${++counter}`;
        const store = memoryStore();
        const outside = createRuntime({ store });
        closers.push(() => outside.close());
        const fn = functionOf(modules, program);
        const args = [...program.args];
        if (crash === 'never') {
          const handle = await outside.start(fn, args, { id });
          return runOf(outside, id, () => handle.result());
        }
        const result = liveOn(store, id, fn, args);
        result.catch(() => {});
        while ((await store.record(id)) === undefined) await turn();
        return runOf(outside, id, () => result);
      },
      close: async () => {
        await Promise.all(closers.map((close) => close()));
      },
    };
  },
};

/** Drives a run by one process after the other, of which each writes one event. */
async function liveOn(store: Store, id: string, fn: DurableFunction, args: unknown[]): Promise<unknown> {
  for (let life = 1; life <= MOST_LIVES; life++) {
    const { store: own, died, isDead } = mortal(store, 1);
    const runtime = createRuntime({ store: own });
    const drive = async (): Promise<unknown> => {
      const handle = await runtime.start(fn, args, { id });
      // Runs that were started by this one.
      await runtime.recover();
      return handle.result();
    };
    const [outcome] = await Promise.allSettled([Promise.race([drive(), died])]);
    // Steps that are at work in a dead process are not waited for.
    void runtime.close().catch(() => {});
    if (!isDead()) {
      if (outcome.status === 'fulfilled') return outcome.value;
      throw outcome.reason;
    }
    const run = await store.load(id);
    noteDeath(
      id,
      (run?.events ?? []).flatMap((event) => (event.type === 'step' ? [event.key] : [])),
    );
  }
  throw new Error(`The run has not ended after ${MOST_LIVES} lives.`);
}
