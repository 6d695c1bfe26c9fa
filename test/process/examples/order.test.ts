import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { crashSweep, createTestRuntime } from 'use-durable/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as order from '../../../examples/04-order/src/order.ts';
import { FULL, itInFull } from '../../support/tier.ts';
import { compileExample, expectBuilt, removeCompiled, root } from './build.ts';
import { Lab, until } from './lab.ts';

const HEADERS = { authorization: 'Bearer key', 'content-type': 'application/json' };
const DESKS: order.Order = { item: 'desk', quantity: 2, card: '4242', country: 'Japan' };
const TO_ATLANTIS: order.Order = { item: 'lamp', quantity: 3, card: '4242', country: 'Atlantis' };

let dist: string;
let lab: Lab;
let placeOrder: typeof order.placeOrder;

beforeAll(async () => {
  expectBuilt();
  dist = compileExample('order', { example: '04-order', compiler: FULL ? 'tspc' : 'transform' });
  process.env.SHOP_DB = ':memory:';
  ({ placeOrder } = (await import(pathToFileURL(join(dist, 'order.js')).href)) as typeof order);
}, 120_000);
afterAll(removeCompiled);

beforeEach(({ onTestFinished }) => {
  const own = new Lab(dist);
  onTestFinished(() => own.close());
  lab = own;
});

/** Starts the server; 0: it isn't killed. */
async function serve(dieAfter = 0) {
  const env = { ORDERS_STORE: lab.path, SHOP_DB: join(lab.folder, 'shop.db'), PORT: '0', API_KEY: 'key' };
  const server = lab.mortal(dieAfter, join(dist, 'server.js'), [], env);
  let dead = false;
  void server.ended.then(() => {
    dead = true;
  });
  // One that dies early may do so before it listens.
  const url = await until('the server listens or is dead', () =>
    dead ? 'http://127.0.0.1:1' : /http:\S+/.exec(server.output.join('\n'))?.[0],
  );
  return { ...server, url };
}

async function post(url: string, body: object, headers: Record<string, string> = HEADERS) {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** What a query of the shop's database gives. */
function shop(sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(join(lab.folder, 'shop.db'), { readOnly: true });
  try {
    db.exec('pragma busy_timeout = 5000');
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}

/** Places the order, lets the manager answer as soon as there is a mail, and waits for the end. Rejects if the server dies. */
async function carryOut(url: string, input: order.Order, decision: order.Decision): Promise<unknown> {
  await post(`${url}/runs/placeOrder?id=order`, { args: [input] });
  for (;;) {
    const answer = await fetch(`${url}/runs/order`, { headers: HEADERS });
    const run = (await answer.json()) as { status: string; result?: unknown };
    if (run.status !== 'running') return run.result;
    const [mail] = shop('select body from mails');
    if (mail !== undefined) await post(`${url}/callbacks/${mail.body}`, { value: decision });
    await delay(10);
  }
}

/**
 * The same, with a server that dies after so many events, as often as it is said; then with one that doesn't die. `deaths`
 * is how often one died before the end.
 */
async function survive(dieAfter: number, times: number, input: order.Order) {
  const decision = { approved: true, by: 'Grace' };
  for (let deaths = 0; deaths < times; deaths++) {
    const server = await serve(dieAfter);
    const done = carryOut(server.url, input, decision).then(
      (result) => ({ result, deaths }),
      () => undefined,
    );
    const ended = await Promise.race([done, server.ended.then(() => done)]);
    if (ended !== undefined) return ended;
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' });
  }
  return { result: await carryOut((await serve()).url, input, decision), deaths: times };
}

function expectShipped(result: unknown): void {
  expect(result).toEqual({ status: 'shipped', parcel: 'parcel-1', total: 600 });
  expect(shop('select recipient from mails')).toEqual([{ recipient: 'manager@example.com' }]);
  expect(shop('select amount, refunded from payments')).toEqual([{ amount: 600, refunded: 0 }]);
  expect(shop('select item, quantity, country from parcels')).toEqual([
    { item: 'desk', quantity: 2, country: 'Japan' },
  ]);
  expect(shop('select item, quantity from reservations')).toEqual([{ item: 'desk', quantity: 2 }]);
}

function expectUndone(result: unknown): void {
  expect(result).toEqual({ status: 'cancelled', reason: 'no courier goes to Atlantis' });
  expect(shop('select amount, refunded from payments')).toEqual([{ amount: 120, refunded: 1 }]);
  expect(shop('select * from parcels')).toEqual([]);
  expect(shop('select * from reservations')).toEqual([]);
}

describe('an order over HTTP', () => {
  it('waits for the manager, and is shipped when the server was killed meanwhile', async () => {
    // reserveStock, createCallback, askManager
    const { result, deaths } = await survive(3, 1, DESKS);
    expectShipped(result);
    expect(deaths).toBe(1);
  });

  itInFull('is undone, the last first, when the server was killed in the middle of that', async () => {
    // reserveStock, charge, ship, and the refund or the line before it
    const { result, deaths } = await survive(4, 1, TO_ATLANTIS);
    expectUndone(result);
    expect(deaths).toBe(1);
    const keys = (await lab.events('order')).flatMap((event) => (event.type === 'step' ? [event.key] : []));
    expect(keys).toEqual(['reserveStock', 'charge', 'ship', 'undo.push#2/refund', 'undo.push/releaseStock']);
  });

  describe.each([
    { name: 'shipped', input: DESKS, expectRight: expectShipped },
    { name: 'undone', input: TO_ATLANTIS, expectRight: expectUndone },
  ])('that is $name', ({ input, expectRight }) => {
    itInFull('survives a kill after each of its events', { timeout: 300_000 }, async () => {
      for (let dieAfter = 1, died = true; died; dieAfter++) {
        lab = new Lab(dist);
        try {
          const { result, deaths } = await survive(dieAfter, 1, input);
          expectRight(result);
          died = deaths === 1;
          expect(died || dieAfter > 6).toBe(true);
        } finally {
          await lab.close();
        }
      }
    });

    itInFull('survives kills after every event', { timeout: 300_000 }, async () => {
      const { result, deaths } = await survive(1, Infinity, input);
      expectRight(result);
      expect(deaths).toBeGreaterThanOrEqual(5);
    });
  });

  it('is open to nobody without the key', async () => {
    const { url } = await serve();
    const { status } = await post(
      `${url}/runs/placeOrder`,
      { args: [DESKS] },
      { 'content-type': 'application/json' },
    );
    expect(status).toBe(403);
    expect(await post(`${url}/callbacks/guessed`, { value: true })).toMatchObject({ status: 404 });
  });
});

describe('an order in virtual time', () => {
  beforeEach(({ onTestFinished }) => {
    const quiet = vi.spyOn(console, 'info').mockReturnValue();
    onTestFinished(() => quiet.mockRestore());
  });

  const steps = {
    reserveStock: () => ({ id: 'r1', total: 600 }),
    releaseStock: () => {},
    askManager: () => {},
    charge: () => 'p1',
    refund: () => {},
    ship: () => 'parcel-1',
  };

  it('is cancelled after three days without an answer', async () => {
    const runtime = createTestRuntime({ now: 0, steps });
    const run = await runtime.start(placeOrder, [DESKS]);
    expect(await run.result()).toEqual({
      status: 'cancelled',
      reason: 'nobody approved the order in time',
    });
    expect(runtime.now()).toBe(3 * 86_400_000);
    expect(runtime.calls().map(({ key, args }) => [key, args[0]])).toEqual([
      ['reserveStock', 'desk'],
      ['askManager', '2 x desk for 600 EUR'],
      ['undo.push/releaseStock', 'r1'],
    ]);
    await runtime.close();
  });

  it('is cancelled by a manager', async () => {
    const runtime = createTestRuntime({ steps });
    const run = await runtime.start(placeOrder, [DESKS]);
    await runtime.complete(await run.callback(), { approved: false, by: 'Grace' });
    expect(await run.result()).toEqual({ status: 'cancelled', reason: 'Grace did not approve the order' });
    expect(runtime.calls('charge')).toEqual([]);
    await runtime.close();
  });

  it.each(['charge', 'ship'])('undoes what was done when %s fails, after every crash', async (name) => {
    const failing = {
      ...steps,
      [name]: () => {
        throw new Error('no');
      },
    };
    const { outcome } = await crashSweep(placeOrder, [{ ...DESKS, quantity: 1 }], {
      steps: failing,
      nested: FULL,
      drive: async (run, runtime) => {
        await runtime.complete(await run.callback(), { approved: true, by: 'Grace' });
      },
    });
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { status: 'cancelled', reason: 'no' } });
  });
});

itInFull('npm run start:order shows two orders, and that they survive', async () => {
  const { output, errors, ended } = lab.run(join(root, 'examples/04-order/scripts/start.ts'), [], {
    TMPDIR: lab.folder,
  });
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(errors).toEqual([]);
  expect(output.filter((line) => line.includes('SIGKILL'))).toHaveLength(2);
  expect(output.filter((line) => line.startsWith('  ✓ '))).toHaveLength(2);
});
