import { loadPrograms } from './compile.ts';
import type { Engine, EngineRun, Program } from './harness.ts';
import { functionOf } from './load.ts';
import { PlainRun } from './plain-run.ts';
import { settleCallback } from './plain-use-durable.ts';
import { plain as traits } from './traits.ts';
import { plainRun } from './world.ts';

let counter = 0;

/** No engine at all: the function itself, called once. */
export const plain: Engine = {
  ...traits,
  async open() {
    const modules = await loadPrograms('plain');
    return {
      start: async (program: Program): Promise<EngineRun> => {
        const run = new PlainRun(`plain-${process.pid}-${++counter}`);
        const fn = functionOf(modules, program);
        const result = plainRun.run(run, () => fn(...program.args));
        result.catch(() => {});
        return {
          id: run.id,
          result: () => result,
          signal: async (name, payload) => run.signal(name, payload),
          complete: async (token, value) => settleCallback(token, undefined, value),
          fail: async (token, error) => settleCallback(token, error),
          cancel: async (reason) => run.cancel(reason),
        };
      },
      close: async () => {},
    };
  },
};
