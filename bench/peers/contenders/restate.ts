import * as restate from '@restatedev/restate-sdk';
import { freePort, RestateServer } from '../../../test/engines/restate-server.ts';
import { add, type Contender } from '../contender.ts';

const sequence = restate.workflow({
  name: 'sequence',
  handlers: {
    run: async (ctx: restate.WorkflowContext, steps: number) => {
      let total = 0;
      for (let index = 0; index < steps; index++) {
        const before = total;
        total = await ctx.run('add', () => add(before, index));
      }
      return total;
    },
  },
});

/** A real server on this machine, in its own process, with the settings that it comes with. */
export const onRestate: Contender = {
  name: 'Restate',
  packages: ['@restatedev/restate-server', '@restatedev/restate-sdk'],
  durability: 'server with one node, RocksDB, fsync of its log (its defaults)',
  open: async (folder) => {
    const server = await RestateServer.start({ modules: import.meta.url, folder, settings: {} });
    const port = await freePort();
    await restate.serve({ services: [sequence], port, logger: () => {} });
    await server.register(`http://127.0.0.1:${port}`);
    let count = 0;
    return {
      run: async (steps) => {
        const answer = await fetch(`${server.ingress}/sequence/run-${++count}/run`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(steps),
        });
        if (!answer.ok) throw new Error(`Restate answered ${answer.status}: ${await answer.text()}`);
        return (await answer.json()) as number;
      },
      close: () => server.stop(),
    };
  },
};
