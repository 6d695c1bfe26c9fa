import { join } from 'node:path';
import { OpenWorkflow } from 'openworkflow';
import { BackendSqlite } from 'openworkflow/sqlite';
import { add, type Contender } from '../contender.ts';
import { RUNS } from '../works.ts';

export const onOpenWorkflow: Contender = {
  name: 'OpenWorkflow, SQLite',
  packages: ['openworkflow'],
  durability: 'SQLite, WAL, fsync of each commit (its defaults)',
  open: async (folder) => {
    const backend = BackendSqlite.connect(join(folder, 'openworkflow.db'));
    const client = new OpenWorkflow({ backend });
    const sequence = client.defineWorkflow(
      { name: 'sequence' },
      async ({ input, step }: { readonly input: { readonly steps: number }; readonly step: Steps }) => {
        let total = 0;
        for (let index = 0; index < input.steps; index++) {
          const before = total;
          // Each step needs a name of its own.
          total = await step.run({ name: `add ${index}` }, () => add(before, index));
        }
        return total;
      },
    );
    const worker = client.newWorker({ concurrency: RUNS });
    await worker.start();
    return {
      run: async (steps) => (await sequence.run({ steps })).result(),
      close: async () => {
        await worker.stop();
        await backend.stop();
      },
    };
  },
};

interface Steps {
  run(config: { readonly name: string }, fn: () => Promise<number>): Promise<number>;
}
