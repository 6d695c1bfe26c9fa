import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as restate from '@restatedev/restate-sdk';
import { toRestate } from '../runtime/engines/restate/index.ts';
import { RestateServer } from '../test/engines/restate-server.ts';
import { durable } from '../test/support/compiled.ts';
import { type Figure, ratePair } from './measure.ts';

const ROUNDS = 31;
const STEPS = 100;

const work = async (i: number): Promise<{ readonly i: number; readonly text: string }> => ({
  i,
  text: `step ${i}`,
});

/** What the compiler makes of a loop that awaits so many calls of `work` at a time. */
const ours = (width: number) =>
  durable(
    async ($) => {
      for (let i = 0; i < STEPS; i += width) {
        if (width === 1) await $.call('work', work)(i);
        else {
          const some = Array.from(
            { length: width },
            (_, j) => $.call('work', work)(i + j) as Promise<unknown>,
          );
          await $.combinator('all', 'all')(some);
        }
      }
    },
    { id: `ours${width}` },
  );

const byHand = (width: number) =>
  restate.workflow({
    name: `byHand${width}`,
    handlers: {
      run: async (ctx: restate.WorkflowContext) => {
        for (let i = 0; i < STEPS; i += width) {
          const some = Array.from({ length: width }, (_, j) => ctx.run(`work[${i + j}]`, () => work(i + j)));
          if (width === 1) await some[0];
          else await restate.RestatePromise.all(some);
        }
      },
    },
  });

const WIDTHS = [1, 20, STEPS] as const;

/** Steps a second on a real server, ours and written by hand on the SDK, in turns. */
export async function restateFigures(): Promise<Figure[]> {
  const server = await RestateServer.start();
  const service = await toRestate(
    Object.fromEntries(WIDTHS.map((width) => [`ours${width}`, ours(width)])),
  ).listen(0);
  const reference = await serveByHand();
  try {
    await server.register(service.url);
    await server.register(reference.url);
    let count = 0;
    const run = async (name: string): Promise<number> => {
      const answer = await fetch(`${server.ingress}/${name}/bench-${++count}/run`, { method: 'POST' });
      if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
      return STEPS;
    };
    const figures: Figure[] = [];
    for (const width of WIDTHS) {
      const pair = await ratePair(
        ROUNDS,
        () => run(`ours${width}`),
        () => run(`byHand${width}`),
      );
      figures.push({
        work: `steps on Restate, ${width === 1 ? 'one after the other' : `${width} at once`}`,
        rate: pair.rate,
        reference: { name: 'the SDK by hand', rate: pair.reference, ratio: pair.ratio },
        aim: '0.91',
      });
    }
    return figures;
  } finally {
    await service.close();
    await reference.close();
    await server.stop();
  }
}

async function serveByHand() {
  const server = createServer(restate.createEndpointHandler({ services: WIDTHS.map(byHand) }));
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
