/** A process that closes its runtime in the situation that its arguments name, and has nothing else to do then. */
import { createServer } from 'node:http';
import {
  type Callback,
  createCallback,
  createHandler,
  createRuntime,
  fileStore,
  memoryStore,
  type Runtime,
  type Store,
  setDefaultRuntime,
  sleep,
  startChild,
  toNodeListener,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import type { RuntimeOptions } from '../../../../runtime/local/worker/options.ts';
import { durable } from '../../../support/compiled.ts';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<never>(() => {});

const sleeping = durable(async ($) => $.sleep('sleep', sleep)('365 days'), { id: 'sleeping' });
const waiting = durable(async ($) => $.call('waitFor', waitFor)('go', { timeout: '3 days' }), {
  id: 'waiting',
});
const stepping = durable(
  async ($, policy: Parameters<typeof withPolicy>[1]) =>
    $.call(
      'f',
      withPolicy(async () => never, policy),
    )(),
  { id: 'stepping' },
);
const retrying = durable(
  async ($) =>
    $.call(
      'f',
      withPolicy(
        async () => {
          throw new Error('again');
        },
        { retry: { attempts: 9, delay: '1 hour' } },
      ),
    )(),
  { id: 'retrying' },
);
const racing = durable(
  async ($) =>
    $.combinator(
      'Promise.race',
      'race',
    )([
      $.start(
        'slow',
        withPolicy(async () => never, { timeout: '1 hour' }),
      )(),
      $.sleep('sleep', sleep)('1 hour'),
      $.start('fast', async () => 'fast')(),
    ]),
  { id: 'racing' },
);
const foreign = durable(async ($) => $.local('never', never as Promise<unknown>), { id: 'foreign' });
const callbacks: Callback[] = [];
const answered = durable(
  async ($, count: number) => {
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < count; i++) {
      const callback = (await $.call('createCallback', createCallback)({ timeout: '3 days' })) as Callback;
      callbacks.push(callback);
      all.push($.method('callback.result', callback, 'result')() as Promise<unknown>);
    }
    const pause = $.start('sleep', sleep)('400ms') as Promise<unknown>;
    await all[0];
    await pause;
    return 'done';
  },
  { id: 'answered' },
);
const parent = durable(
  async ($) => {
    const child = (await $.call('startChild', startChild)(sleeping, [])) as { result(): Promise<unknown> };
    return $.method('child.result', child, 'result')();
  },
  { id: 'parent' },
);
const cleaning = durable(
  async ($) => {
    try {
      await $.sleep('sleep', sleep)('1 day');
    } finally {
      await $.sleep('sleep#2', sleep)('1 day');
    }
  },
  { id: 'cleaning' },
);

const [, , situation = '', path = ''] = process.argv;

const open = (): Store => (path === 'memory:' ? memoryStore() : fileStore(path));

async function closing(
  use: (runtime: Runtime, store: Store) => Promise<unknown>,
  options: Partial<RuntimeOptions> = {},
  timeoutMs = 200,
): Promise<void> {
  const store = options.store ?? open();
  const runtime = createRuntime({ store, onBlocked: () => {}, ...options });
  await use(runtime, store);
  await runtime.close({ timeoutMs });
}

const SITUATIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  'a callback with a timeout is answered while a sleep is pending': () =>
    closing(async (runtime) => {
      const run = await runtime.start(answered, [1]);
      while (callbacks.length === 0) await later(5);
      await runtime.complete(callbacks[0]?.token ?? '', 1);
      await run.result();
    }),
  'of many callbacks one is answered': () =>
    closing(async (runtime) => {
      const run = await runtime.start(answered, [50]);
      while (callbacks.length < 50) await later(5);
      await runtime.complete(callbacks[0]?.token ?? '', 1);
      await run.result();
    }),
  'a sleep of a year is pending': () => closing((runtime) => runtime.start(sleeping, [])),
  'a signal with a timeout is awaited': () => closing((runtime) => runtime.start(waiting, [])),
  'a signal with a timeout has come': () =>
    closing(async (runtime) => {
      const run = await runtime.start(waiting, []);
      await run.signal('go');
      await run.result();
    }),
  'a step with a timeout never ends': () =>
    closing((runtime) => runtime.start(stepping, [{ timeout: '1 hour' }]), {}, 50),
  'a step without a timeout never ends': () => closing((runtime) => runtime.start(stepping, [{}]), {}, 0),
  'a step waits for its next attempt': () => closing((runtime) => runtime.start(retrying, [])),
  'the losers of a race are under way, and the run is over': () =>
    closing(async (runtime) => (await runtime.start(racing, [])).result()),
  'a run has a deadline': () => closing((runtime) => runtime.start(sleeping, [], { timeout: '1 day' })),
  'a cancelled run cleans up': () =>
    closing(async (runtime) => {
      const run = await runtime.start(cleaning, []);
      await run.cancel();
      await later(100);
    }),
  'a schedule is kept': () =>
    closing((runtime) => runtime.schedule('nightly', { cron: '0 3 * * *' }, sleeping, [])),
  'the runtime is a worker': () => closing((runtime) => runtime.recover()),
  'runs are parked': () =>
    closing(
      async (runtime) => {
        await runtime.start(sleeping, []);
        await runtime.recover();
        await later(200);
      },
      { parkAfterMs: 20 },
    ),
  'runs wait for their turn': () =>
    closing(
      async (runtime) => {
        for (let i = 0; i < 3; i++) await runtime.start(stepping, [{}]);
      },
      { maxRuns: 1 },
      0,
    ),
  'steps wait for their turn': () =>
    closing(
      async (runtime) => {
        for (let i = 0; i < 3; i++) await runtime.start(stepping, [{ timeout: '1 hour' }]);
      },
      { maxSteps: { f: 1 } },
      0,
    ),
  'a run waits for another one': () => closing((runtime) => runtime.start(parent, [])),
  'runs are removed by their age': () =>
    closing((runtime) => runtime.start(sleeping, []), { retention: '30 days' }),
  'a result is awaited that another runtime brings': async () => {
    const store = open();
    const other = createRuntime({ store });
    await other.start(sleeping, [], { id: 'x' });
    await closing(
      async (runtime) => {
        const result = (await runtime.get('x'))?.result();
        result?.catch(() => {});
        await later(3_000);
      },
      { store },
    );
    await other.close();
  },
  'a replay awaits something that is not recorded': async () => {
    const store = open();
    await closing((runtime) => runtime.start(foreign, [], { id: 'x' }), { store });
    await closing((runtime) => runtime.recover(), { store });
  },
  'the store fails': async () => {
    const store = open();
    const { append } = store;
    store.append = () => {
      throw new Error('disk full');
    };
    await closing(
      async (runtime) => {
        const run = await runtime.start(sleeping, []);
        await runtime.recover();
        await run.result().catch(() => {});
      },
      { store },
    );
    store.append = append;
  },
  'it is closed twice, while it starts and recovers': () =>
    closing(async (runtime) => {
      runtime.start(sleeping, []).catch(() => {});
      runtime.recover().catch(() => {});
      const closed = runtime.close({ timeoutMs: 100 });
      runtime.start(sleeping, []).catch(() => {});
      await closed;
    }),
  'it is the default runtime, and closes its store': async () => {
    const runtime = createRuntime({ store: open() });
    setDefaultRuntime(runtime);
    (sleeping as unknown as () => Promise<unknown>)().catch(() => {});
    await later(50);
    await runtime.close({ timeoutMs: 100, store: true });
  },
  'it is served by HTTP': () =>
    closing(async (runtime) => {
      const handler = createHandler(runtime, { functions: { sleeping }, authorize: () => true });
      const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`http://127.0.0.1:${port}/runs/sleeping`, { method: 'POST', headers })).text();
      server.closeAllConnections();
      server.close();
    }),
  'a handler written by hand waits, or is about to': async () => {
    // Loaded here, so that the other processes never load it.
    const { withDurableExecution } = await import('@aws/durable-execution-sdk-js');
    const { createLocalLambda } = await import('../../../../runtime/engines/aws-local/index.ts');
    const handler = withDurableExecution((_event: unknown, context) => context.wait('wait', { hours: 1 }));
    const store = open();
    for (const ms of [0, 500]) {
      const lambda = createLocalLambda({ store, functions: { handler } });
      await lambda.start('handler', {});
      await later(ms);
      await lambda.close();
    }
  },
};

if (situation === 'list') console.log(JSON.stringify(Object.keys(SITUATIONS)));
else {
  await SITUATIONS[situation]?.();
  console.log('closed');
}
