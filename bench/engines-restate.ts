import * as restate from '@restatedev/restate-sdk';
import { restateClient, toRestate } from '../runtime/engines/restate/index.ts';
import { freePort, RestateServer } from '../test/engines/restate-server.ts';
import { durable } from '../test/support/compiled.ts';
import { type Figure, ratePair } from './measure.ts';

const ROUNDS = 9;
const STEPS = 100;

const work = async (i: number): Promise<{ readonly i: number; readonly text: string }> => ({
  i,
  text: `step ${i}`,
});

/** What the compiler makes of a loop that awaits `work(i)`, and of one that awaits twenty of them at a time. */
const ours = durable(
  async ($) => {
    for (let i = 0; i < STEPS; i++) await $.call('work', work)(i);
  },
  { id: 'ours' },
);
const oursAtOnce = durable(
  async ($) => {
    const all = Array.from({ length: STEPS }, (_, i) => $.call('work', work)(i) as Promise<unknown>);
    await $.combinator('all', 'all')(all);
  },
  { id: 'oursAtOnce' },
);

const native = restate.workflow({
  name: 'native',
  handlers: {
    run: async (ctx: restate.WorkflowContext) => {
      for (let i = 0; i < STEPS; i++) await ctx.run(`work[${i}]`, () => work(i));
    },
  },
});
const nativeAtOnce = restate.workflow({
  name: 'nativeAtOnce',
  handlers: {
    run: async (ctx: restate.WorkflowContext) => {
      const all = Array.from({ length: STEPS }, (_, i) => ctx.run(`work[${i}]`, () => work(i)));
      await restate.RestatePromise.all(all);
    },
  },
});

/** Steps a second on a real server, ours and written by hand on the SDK, in turns. */
export async function restateFigures(): Promise<Figure[]> {
  const server = await RestateServer.start();
  const service = await toRestate({ ours, oursAtOnce }).listen(0);
  const port = await freePort();
  try {
    await restate.serve({ services: [native, nativeAtOnce], port });
    await server.register(service.url);
    await server.register(`http://127.0.0.1:${port}`);
    const client = restateClient(server.ingress);
    let count = 0;
    const byHand = async (name: string): Promise<number> => {
      const answer = await fetch(`${server.ingress}/${name}/bench-${++count}/run`, { method: 'POST' });
      if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
      return STEPS;
    };
    const compiled = async (fn: typeof ours): Promise<number> => {
      await (await client.start(fn, [])).result();
      return STEPS;
    };
    const sequence = await ratePair(
      ROUNDS,
      () => compiled(ours),
      () => byHand('native'),
    );
    const together = await ratePair(
      ROUNDS,
      () => compiled(oursAtOnce),
      () => byHand('nativeAtOnce'),
    );
    return [
      figure(`steps of a run on Restate, ${STEPS} one after the other`, sequence),
      figure(`steps of a run on Restate, ${STEPS} at once`, together),
    ];
  } finally {
    await service.close();
    await server.stop();
  }
}

type Pair = Awaited<ReturnType<typeof ratePair>>;

const figure = (title: string, { rate, reference, ratio }: Pair): Figure => ({
  work: title,
  rate,
  reference: { name: 'the SDK by hand', rate: reference, ratio },
  aim: '0.91 (overhead within 1.10)',
});
