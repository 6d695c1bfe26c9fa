import { DBOS } from '@dbos-inc/dbos-sdk';
import { add, type Contender } from '../contender.ts';
import { startPostgres } from '../postgres.ts';

const sequence = DBOS.registerWorkflow(
  async (steps: number) => {
    let total = 0;
    for (let index = 0; index < steps; index++) {
      const before = total;
      total = await DBOS.runStep(() => add(before, index), { name: 'add' });
    }
    return total;
  },
  { name: 'sequence' },
);

export const onDbos: Contender = {
  name: 'DBOS, Postgres',
  packages: ['@dbos-inc/dbos-sdk'],
  durability: 'Postgres on this machine, fsync of each commit (its defaults)',
  open: async (folder) => {
    const postgres = await startPostgres(folder);
    if (postgres === undefined) return undefined;
    DBOS.setConfig({ name: 'bench', systemDatabaseUrl: `${postgres.url}/dbos`, logLevel: 'error' });
    await DBOS.launch();
    return {
      run: async (steps) => (await DBOS.startWorkflow(sequence)(steps)).getResult(),
      close: async () => {
        await DBOS.shutdown();
        await postgres.stop();
      },
    };
  },
};
