/** `close()` while runs are started, take steps, wait, are sent signals, are cancelled and resumed: nothing is lost, and nothing is done twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createRuntime,
  fileStore,
  memoryStore,
  type Runtime,
  RuntimeClosedError,
  type Store,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { sample } from '../../../support/tier.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-closing-under-way-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUNS = 60;
/** Outcomes of steps that runs were given, by run and key. */
let done: string[] = [];

const work = durable(
  async ($, n: number) => {
    const id = `run ${n}`;
    const act = async (key: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, n % 4));
      done.push(`${id} ${key}`);
    };
    await $.call('first', () => act('first'))();
    await $.sleep('sleep', sleep)(n % 7);
    await $.call('second', () => act('second'))();
    const word = await $.call('waitFor', waitFor)('go');
    await $.call('third', () => act('third'))();
    return [n, word];
  },
  { id: 'closing-under-way' },
);

type Errors = Set<string>;

/** All at once, and more of it in each turn, until the runtime refuses. */
async function useAll(runtime: Runtime, errors: Errors): Promise<string[]> {
  const started: string[] = [];
  const note = (error: unknown): void => void errors.add((error as Error).constructor.name);
  const all = Array.from({ length: RUNS }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n % 9));
    const id = `run ${n}`;
    try {
      const handle = await runtime.start(work, [n], { id });
      started.push(id);
      handle.result().catch(note);
      await handle.signal('go', 'word');
    } catch (error) {
      note(error);
    }
  });
  all.push(runtime.recover().then(() => {}, note));
  await Promise.all(all);
  return started;
}

const stores: [name: string, open: (name: string) => () => Store][] = [
  [
    'in memory',
    () => {
      const store = memoryStore();
      return () => store;
    },
  ],
  ['in a file', (name) => () => fileStore(join(folder, `${name}.db`))],
];

describe.each(stores)('close() of a runtime over a store %s', (_, open) => {
  it.each(sample([0, 1, 2, 3, 4, 5, 6, 8, 10, 12], 3))(
    'after %d ms, while everything is under way',
    async (ms) => {
      done = [];
      const errors: Errors = new Set();
      const openStore = open(String(ms));
      const first = createRuntime({ store: openStore() });
      const using = useAll(first, errors);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await Promise.all([first.close(), first.close()]);
      const started = await using;
      await expect(first.start(work, [0], { id: 'late' })).rejects.toThrow(RuntimeClosedError);
      // Handles say that the runtime was closed, and nothing else.
      expect([...errors].filter((name) => name !== RuntimeClosedError.name)).toEqual([]);

      const store = openStore();
      const second = createRuntime({ store });
      const handles = await second.recover();
      const records = await store.list({ limit: 10_000 });
      const ids = records.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(started));
      expect(ids).not.toContain('late');
      for (const handle of handles) await handle.signal('go', 'word').catch(() => {});
      for (const id of ids) {
        const handle = await second.get(id);
        expect(await handle?.result(), id).toEqual([Number(id.slice(4)), 'word']);
      }
      // What a closed runtime had begun and not recorded is called again; here it had the time to record it.
      expect(done.length).toBe(new Set(done).size);
      expect(new Set(done).size).toBe(ids.length * 3);
      await second.close({ store: true });
    },
  );
});
