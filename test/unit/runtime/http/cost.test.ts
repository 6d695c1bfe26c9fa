/** What requests cost the file store, in rows read and in transactions that write; no times. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  CallbackError,
  createCallback,
  createHandler,
  createRuntime,
  fileStore,
  MisuseError,
  type Runtime,
  type Store,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { ended, started, step, worker } from '../stores/events.ts';

const root = mkdtempSync(join(tmpdir(), 'use-durable-http-cost-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const asking = durable(async ($) => {
  const callback = (await $.call('createCallback', createCallback)()) as Callback;
  await $.call('waitFor', waitFor)('go');
  return callback.token;
});

let count = 0;
let path: string;
beforeEach(() => {
  path = join(root, `${count++}.db`);
});

async function withRuntime(use: (runtime: Runtime, store: Store) => Promise<void>): Promise<void> {
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  try {
    await use(runtime, store);
  } finally {
    await runtime.close();
    await store.close();
  }
}

/** How many rows of the file are read meanwhile. */
async function rowsRead(work: () => Promise<unknown>): Promise<number> {
  let rows = 0;
  const { all, get } = StatementSync.prototype;
  const spies = [
    vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...values) {
      const found = Reflect.apply(all, this, values) as ReturnType<typeof all>;
      rows += found.length;
      return found;
    }),
    vi.spyOn(StatementSync.prototype, 'get').mockImplementation(function (this: StatementSync, ...values) {
      rows++;
      return Reflect.apply(get, this, values) as ReturnType<typeof get>;
    }),
  ];
  await work();
  for (const spy of spies) spy.mockRestore();
  return rows;
}

describe('GET /runs/:id', () => {
  it('of a run that has ended reads as many rows for 20,000 events as for 3', () =>
    withRuntime(async (runtime, store) => {
      for (const ok of [true, false]) {
        for (const steps of [1, 20_000]) {
          const claim = (await store.create(`${ok} ${steps}`, started(), worker('a')))!;
          const events = [...Array.from({ length: steps }, (_, i) => step(`f#${i}`)), ended(ok)];
          await store.append([{ claim, seq: 1, events }]);
        }
      }
      const handler = createHandler(runtime, { authorize: () => true });
      const read = (ok: boolean, steps: number): Promise<number> =>
        rowsRead(async () => {
          const response = await handler(new Request(`http://h/runs/${ok}%20${steps}`));
          expect(await response.json()).toMatchObject({ status: ok ? 'completed' : 'failed' });
        });
      for (const ok of [true, false]) {
        const short = await read(ok, 1);
        expect(short).toBeGreaterThan(0);
        expect(await read(ok, 20_000)).toBe(short);
      }
    }));
});

describe('GET /runs', () => {
  it('reads as many rows for runs of 20,000 events as for runs of 3', () =>
    withRuntime(async (runtime, store) => {
      const handler = createHandler(runtime, { authorize: () => true });
      const rows: number[] = [];
      for (const steps of [1, 20_000]) {
        for (const id of ['a', 'b', 'c']) {
          const claim = (await store.create(`${id} ${steps}`, started(), worker('a')))!;
          const events = [...Array.from({ length: steps }, (_, i) => step(`f#${i}`)), ended(true)];
          await store.append([{ claim, seq: 1, events }]);
        }
        const count = await rowsRead(async () => {
          const response = await handler(new Request('http://h/runs?limit=3'));
          expect(((await response.json()) as { runs: unknown[] }).runs).toHaveLength(3);
        });
        rows.push(count);
      }
      expect(rows[0]).toBeGreaterThan(0);
      expect(rows[1]).toBe(rows[0]);
    }));
});

describe("a callback that can't be completed", () => {
  it('takes no write lock, over HTTP and by the runtime', () =>
    withRuntime(async (runtime) => {
      const handler = createHandler(runtime, {});
      const complete = async (token: string): Promise<number> => {
        await expect(runtime.complete(token, 1)).rejects.toThrow(CallbackError);
        await expect(runtime.fail(token, new Error('no'))).rejects.toThrow(CallbackError);
        const headers = { 'content-type': 'application/json' };
        const init = { method: 'POST', headers, body: '{"value":1}' };
        return (await handler(new Request(`http://h/callbacks/${token}`, init))).status;
      };
      const tokenOf = async (id: string): Promise<string> => {
        const run = await runtime.start(asking, [], { id });
        await vi.waitUntil(async () => (await run.events()).some(({ type }) => type === 'callback-created'));
        const journal = JSON.parse(await run.exportJournal()) as { events: { token?: string }[] };
        return journal.events.find(({ token }) => token !== undefined)?.token ?? '';
      };
      const used = await tokenOf('used');
      await runtime.complete(used);
      const over = await tokenOf('ended');
      const run = await runtime.get('ended');
      await run?.signal('go');
      await run?.result();
      // Somebody else holds the lock: whoever asks for it would wait for 5 s, and fail.
      const other = new DatabaseSync(path);
      other.exec('begin immediate');
      for (const token of ['nobody-knows', used, over]) expect(await complete(token), token).toBe(404);
      await expect(run?.signal('go')).rejects.toThrow(MisuseError);
      other.exec('rollback');
      other.close();
    }));
});
