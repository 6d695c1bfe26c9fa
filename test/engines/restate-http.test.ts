import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type RestateClient,
  type RestateListener,
  restateClient,
  toRestate,
} from '../../runtime/engines/restate/index.ts';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import {
  CallbackError,
  CancelledError,
  createCallback,
  EngineUnreachableError,
  LimitError,
  MisuseError,
  NotCompiledError,
  registerClass,
  signals,
  sleep,
  step,
  UnsupportedError,
  waitFor,
} from '../../runtime/index.ts';
import { durable } from '../support/compiled.ts';
import { freePort, RestateServer } from './restate-server.ts';

class Declined extends Error {
  readonly amount: bigint;
  constructor(amount: bigint) {
    super(`declined ${amount}`);
    this.name = 'Declined';
    this.amount = amount;
  }
}
registerClass(Declined);

const echo = durable(async ($, ...values: unknown[]) => await $.call('give', async () => values)(), {
  id: 'echo',
});
const decline = durable(
  async (_$, amount: bigint): Promise<never> => {
    throw new Declined(amount);
  },
  { id: 'decline' },
);
class Basket {
  readonly prices: bigint[];
  constructor(prices: bigint[]) {
    this.prices = prices;
  }
}
registerClass(Basket);
const total = durable(
  async function (this: Basket, $, times: bigint) {
    const { prices } = this;
    return await $.call('add', async () => prices.reduce((sum, price) => sum + price * times, 0n))();
  },
  { id: 'total' },
);
definitionOf(total)!.instancesOf = Basket;
const collect = durable(
  async ($, count: number) => {
    const items: unknown[] = [];
    const stream = $.start('signals', signals)('item') as AsyncIterable<unknown>;
    for await (const item of stream) if (items.push(item) === count) break;
    return items;
  },
  { id: 'collect' },
);
let told: (token: string) => void = () => {};
const approve = durable(
  async ($) => {
    const callback = await $.call('createCallback', createCallback)();
    await $.call('tell', async () => told(callback.token))();
    return await callback.result();
  },
  { id: 'approve' },
);
const hold = durable(
  async ($) => {
    try {
      await $.call('waitFor', waitFor)('never');
    } finally {
      await $.call('clean', async () => 'cleaned')();
    }
  },
  { id: 'hold' },
);
const heavy = durable(async ($, size: number) => await $.call('fill', async () => 'x'.repeat(size))(), {
  id: 'heavy',
});
/** Something asks while the run is waiting for the engine already. */
const late = durable(
  async ($) => {
    const waiting = $.call('sleep', sleep)('1 hour') as Promise<void>;
    waiting.catch(() => {});
    await $.foreign(delay(300));
    return await $.call('afterwards', async () => 'not held up')();
  },
  { id: 'late' },
);
const once = durable(
  async ($) => await $.step('"once"', step)('once', async () => 'called', { atMostOnce: true }),
  { id: 'once' },
);

let server: RestateServer;
let service: RestateListener;
let client: RestateClient;
let counter = 0;
const newId = (): string => `http-${process.pid}-${++counter}`;

beforeAll(async () => {
  server = await RestateServer.start();
  service = await toRestate(
    { echo, decline, total, collect, approve, hold, heavy, late, once },
    { maxPayload: 10_000 },
  ).listen(0);
  await server.register(service.url);
  client = restateClient(server.ingress);
}, 60_000);
afterAll(async () => {
  await service?.close();
  await server?.stop();
});

async function curl(path: string, body?: string) {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', headers, body };
  const response = await fetch(`${server.ingress}/${path}`, init);
  return { status: response.status, body: (await response.json()) as { message?: string } };
}

/** What the engine knows of a run. */
async function invocationOf({ id }: { id: string }): Promise<{ id: string; status: string }> {
  const query = `select id, status from sys_invocation where target_service_key = '${id}' and target_handler_name = 'run'`;
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
  const answer = await fetch(`${server.admin}/query`, init);
  const { rows } = (await answer.json()) as { rows: { id: string; status: string }[] };
  return rows[0]!;
}

describe('plain JSON', () => {
  it('is what HTTP clients send and get', async () => {
    expect(await curl(`echo/${newId()}/run`, '[1, {"a": [true, null]}]')).toEqual({
      status: 200,
      body: [1, { a: [true, null] }],
    });
    expect((await curl(`echo/${newId()}/run`, '{"only": "one"}')).body).toEqual([{ only: 'one' }]);
    expect((await curl(`echo/${newId()}/run`, '')).body).toEqual([]);
  });

  it('carries what JSON can not in one object', async () => {
    const handle = await client.start(echo, [new Date(5), 7n]);
    expect(await handle.result()).toEqual([new Date(5), 7n]);
    const { body } = await curl(`restate/workflow/echo/${handle.id}/attach`);
    expect(Object.keys(body)).toEqual(['use-durable']);
  });

  it('is refused when it is none', async () => {
    const { status, body } = await curl(`echo/${newId()}/run`, '{"half":');
    expect([status, body.message]).toEqual([500, expect.stringContaining('MisuseError')]);
  });
});

describe('runs', () => {
  it('start once under one id', async () => {
    const id = newId();
    await client.start(echo, ['first'], { id });
    const again = await client.start(echo, ['second'], { id });
    expect(await again.result()).toEqual(['first']);
    expect(await client.get(echo, id).result()).toEqual(['first']);
  });

  it('are started on an instance, of which they have a copy', async () => {
    const basket = new Basket([2n, 3n]);
    const handle = await client.start(total, [10n], { this: basket });
    expect(await handle.result()).toBe(50n);
    await expect(client.start(total, [10n])).rejects.toThrow(MisuseError);
    await expect(client.start(echo, [], { this: basket })).rejects.toThrow(MisuseError);
    const { status, body } = await curl(`total/${newId()}/run`, '[10]');
    expect([status, body.message]).toEqual([500, expect.stringContaining('MisuseError')]);
  });

  it('fail with the error that they throw', async () => {
    const handle = await client.start(decline, [10n]);
    const error = await handle.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Declined);
    expect((error as Declined).amount).toBe(10n);
    const { status, body } = await curl(`restate/workflow/decline/${handle.id}/attach`);
    expect([status, body.message]).toEqual([500, 'Declined: declined 10']);
  });

  it('take signals in order, those of several senders too', async () => {
    const handle = await client.start(collect, [24]);
    const senders = ['a', 'b', 'c'].map(async (sender) => {
      for (let i = 0; i < 8; i++) await handle.signal('item', { sender, i });
    });
    await Promise.all(senders);
    const items = (await handle.result()) as { sender: string; i: number }[];
    for (const sender of ['a', 'b', 'c']) {
      const own = items.filter((item) => item.sender === sender).map(({ i }) => i);
      expect(own).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    await expect(handle.signal('item')).rejects.toThrow(MisuseError);
  });

  it('are cancelled, and clean up', async () => {
    const handle = await client.start(hold, []);
    await handle.cancel('enough');
    const error = await handle.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).reason).toBe('enough');
    await handle.cancel();
  });

  it('are cancelled by the operator too', async () => {
    const handle = await client.start(hold, []);
    const { id } = await invocationOf(handle);
    await fetch(`${server.admin}/invocations/${id}/cancel`, { method: 'PATCH' });
    await expect(handle.result()).rejects.toThrow(CancelledError);
  });

  it('go on with what they ask for while the engine waits', async () => {
    const handle = await client.start(late, []);
    expect(await handle.result()).toBe('not held up');
  });
});

describe('callbacks', () => {
  it('are completed once, by who has the token', async () => {
    const token = new Promise<string>((resolve) => (told = resolve));
    const handle = await client.start(approve, []);
    const known = await token;
    const forged = `${'A'.repeat(22)}${known.slice(22)}`;
    await expect(client.complete(forged, 1)).rejects.toThrow(CallbackError);
    await expect(client.complete('nothing', 1)).rejects.toThrow(CallbackError);
    await client.complete(known, new Map([[1, 2]]));
    expect(await handle.result()).toEqual(new Map([[1, 2]]));
    await expect(client.complete(known, 2)).rejects.toThrow(CallbackError);
  });

  it('are completed with plain JSON, or failed', async () => {
    const token = new Promise<string>((resolve) => (told = resolve));
    const handle = await client.start(approve, []);
    const body = JSON.stringify({ token: await token, error: 'not now' });
    expect((await curl(`approve/${handle.id}/complete`, body)).status).toBe(200);
    await expect(handle.result()).rejects.toThrow('not now');
  });
});

describe('what is wrong is said', () => {
  it('when a value is too large', async () => {
    await expect((await client.start(heavy, [20_000])).result()).rejects.toThrow(LimitError);
    await expect(client.start(echo, ['x'.repeat(33 * 1024 * 1024)])).rejects.toThrow(LimitError);
  });

  it('when Restate does not know the function', async () => {
    await expect(client.start(echo, [], { service: 'nobody' })).rejects.toThrow(/no service "nobody"/);
    await expect(client.get(echo, newId()).result()).rejects.toThrow(/There is no run/);
  });

  it('when the server is out of reach', async () => {
    const nobody = restateClient(`http://127.0.0.1:${await freePort()}`, { patience: 50 });
    await expect(nobody.start(echo, [])).rejects.toThrow(EngineUnreachableError);
  });

  it('when a function was not compiled', async () => {
    const plain = async (): Promise<void> => {};
    await expect(client.start(plain, [])).rejects.toThrow(NotCompiledError);
    expect(() => toRestate({ plain })).toThrow(NotCompiledError);
  });

  it('when a journal does not fit the code', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => said.mockRestore());
    const changing = durable(
      async ($) => {
        await $.call('before', async () => 1)();
        await $.call('waitFor', waitFor)('go');
        return await $.call('after', async () => 'old')();
      },
      { id: 'changing' },
    );
    const first = await toRestate({ changing }, { workflow: { inactivityTimeout: 0 } }).listen(0);
    await server.register(first.url);
    const handle = await client.start(changing, []);
    await vi.waitFor(async () => expect((await invocationOf(handle)).status).toBe('suspended'));
    await first.close();
    const changed = durable(async ($) => await $.call('another', async () => 'new')(), { id: 'changing' });
    const second = await toRestate({ changing: changed }).listen(first.port);
    await handle.signal('go');
    await vi.waitFor(
      () => expect(String(said.mock.calls[0])).toMatch(/its journal doesn't fit the code/),
      20_000,
    );
    await second.close();
    // The code that fits is deployed again, and nothing is lost.
    const again = durable(
      async ($) => {
        await $.call('before', async () => 1)();
        await $.call('waitFor', waitFor)('go');
        return await $.call('after', async () => 'fits')();
      },
      { id: 'changing' },
    );
    const third = await toRestate({ changing: again }).listen(first.port);
    onTestFinished(() => third.close());
    expect(await handle.result()).toBe('fits');
  }, 60_000);

  it('when a step that is called at most once is asked for without a stream', async () => {
    expect(await (await client.start(once, [])).result()).toBe('called');
    const { nodeHandler } = toRestate({ once });
    const http1 = createServer(nodeHandler);
    const port = await freePort();
    await new Promise<void>((resolve) => http1.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => {
      http1.close();
      http1.closeAllConnections();
    });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ uri: `http://127.0.0.1:${port}`, use_http_11: true });
    expect((await fetch(`${server.admin}/deployments`, { method: 'POST', headers, body })).ok).toBe(true);
    await expect((await client.start(once, [])).result()).rejects.toThrow(UnsupportedError);
  });
});
