/** What people do to several runs, or to a part of one, without a worker beside it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../../../cli/base/json-input.ts';
import { NoRunError } from '../../../../cli/runs/no-run.ts';
import { NoStoreError } from '../../../../cli/runs/no-store.ts';
import { backup } from '../../../../cli/steer/backup.ts';
import { prune } from '../../../../cli/steer/prune.ts';
import { type Deed, selectRuns } from '../../../../cli/steer/select.ts';
import { settle } from '../../../../cli/steer/settle.ts';
import { steer } from '../../../../cli/steer/steer.ts';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { createRuntime, fileStore, type Runtime } from '../../../../runtime/index.ts';
import { deploy } from '../../../evolution/deploy.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-steer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

let files = 0;

/** A store in which runs of a function wait, and are not driven any more. */
async function storeOf(body: string, ids: readonly string[], id = 'steered'): Promise<string> {
  const path = join(folder, `${++files}.db`);
  const fn = await deploy(id, body);
  await begin(path, fn, ids);
  return path;
}

async function begin(path: string, fn: AnyFunction, ids: readonly string[]): Promise<void> {
  const runtime = createRuntime({ store: fileStore(path) });
  for (const id of ids) {
    const handle = await runtime.start(fn, [1] as never, { id });
    while ((await handle.events()).length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await runtime.close({ store: true });
}

/** Both streams, line by line. */
function printed(): { readonly out: string[]; readonly errors: string[] } {
  const out: string[] = [];
  const errors: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void out.push(...text.split('\n')));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(...text.split('\n')));
  return { out, errors };
}

async function inStore<T>(path: string, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ store: fileStore(path) });
  try {
    return await use(runtime);
  } finally {
    await runtime.close({ store: true });
  }
}

const CANCEL: Deed = { verb: 'Cancel', statuses: ['running', 'blocked'] };
const WAITS = `await reserve(n); return await waitFor('go');`;

describe('the runs that are meant', () => {
  it('are one by the beginning of its id, or all that the options say, the oldest first', async () => {
    const path = await storeOf(WAITS, ['order-1', 'order-2', 'import-1']);
    expect(await selectRuns(path, 'imp', CANCEL, {})).toEqual(['import-1']);
    expect(await selectRuns(path, '-', CANCEL, { search: 'order', yes: true })).toEqual([
      'order-1',
      'order-2',
    ]);
    expect(await selectRuns(path, undefined, CANCEL, { fn: 'steered', yes: true })).toEqual([
      'order-1',
      'order-2',
      'import-1',
    ]);
    await expect(selectRuns(path, undefined, CANCEL, { fn: 'steer', yes: true })).rejects.toThrow(InputError);
    expect(await selectRuns(path, undefined, CANCEL, { status: 'failed', yes: true })).toEqual([]);
    expect(await selectRuns(path, undefined, CANCEL, { until: '1 hour', yes: true })).toEqual([]);
    await expect(selectRuns(path, 'order', CANCEL, {})).rejects.toThrow(NoRunError);
    await expect(selectRuns(path, 'order-1', CANCEL, { search: 'x' })).rejects.toThrow(
      'here are both (order-1)',
    );
    await expect(selectRuns(path, '-', CANCEL, {})).rejects.toThrow('Name a run, or say which ones');
    await expect(selectRuns(path, undefined, CANCEL, { search: 'order' })).rejects.toThrow(
      'Cancel 2 runs: nobody can be asked here. Add --yes.',
    );
    await expect(selectRuns(join(folder, 'none.db'), 'a', CANCEL, {})).rejects.toThrow(NoStoreError);
  });
});

describe('to steer runs', () => {
  const cancel = async (runtime: Runtime, id: string): Promise<string> => {
    await (await runtime.get(id))!.cancel('over');
    return id;
  };

  it('does it to each, and says for which it was refused', async () => {
    const path = await storeOf(WAITS, ['a', 'b']);
    const { out } = printed();
    expect(await steer(undefined, CANCEL, { store: path, search: '', yes: true }, cancel)).toBe(0);
    expect(out).toEqual([
      'a is running.',
      'b is running.',
      `2 runs. The workers on ${path} go on with them.`,
    ]);
    out.length = 0;
    expect(await steer(undefined, CANCEL, { store: path, search: 'no', yes: true }, cancel)).toBe(0);
    expect(out).toEqual(['No run is meant: none fits the options.']);

    const { out: lines, errors } = printed();
    const act = async (runtime: Runtime, id: string): Promise<string> => (await runtime.rerun(id, { id })).id;
    expect(await steer(undefined, CANCEL, { store: path, search: '', yes: true }, act)).toBe(1);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatch(/^refused: a: .*needs an id of its own/);
    expect(lines).toEqual([`0 runs, 2 refused. The workers on ${path} go on with them.`]);
  });

  it('prints a line of JSON for each of several', async () => {
    const path = await storeOf(WAITS, ['a', 'b']);
    const { out } = printed();
    expect(await steer('-', CANCEL, { store: path, search: '', yes: true, json: true }, cancel)).toBe(0);
    expect(out.map((line) => JSON.parse(line) as object)).toEqual([
      { id: 'a', status: 'running' },
      { id: 'b', status: 'running' },
    ]);
  });
});

describe('to settle a callback', () => {
  const ASKS = `const one = await createCallback(); const two = await createCallback(); await say(one.token); return [await one.result().catch((error) => error.message), await two.result()];`;

  it('takes a token, or a run and the key', async () => {
    const path = await storeOf(ASKS, ['a']);
    const { out, errors } = printed();
    await expect(settle([], { store: path, run: 'a' })).rejects.toThrow(
      'a has several callbacks that are open. Name one with --key: createCallback, createCallback#2.',
    );
    await expect(settle([], { store: path, run: 'a', key: 'ship' })).rejects.toThrow(
      'a has no open callback ship.',
    );
    expect(await settle([], { store: path, run: 'a', key: 'createCallback', error: 'no' })).toBe(0);
    expect(await settle(['{"ok": true}'], { store: path, run: 'a', key: 'createCallback#2' })).toBe(0);
    expect(out[0]).toBe(`The callback is failed. The workers on ${path} go on with its run.`);
    expect(await settle(['no-token', '1'], { store: path })).toBe(1);
    expect(errors[0]).toMatch(/^refused: /);
    expect(await settle(['no-token'], { store: path, json: true })).toBe(1);
    expect(JSON.parse(out.slice(2).join('\n'))).toMatchObject({ error: { code: 'CALLBACK' } });
    await inStore(path, async (runtime) => {
      await runtime.recover();
      expect(await (await runtime.get('a'))!.result()).toEqual(['no', { ok: true }]);
      const by = expect.stringMatching(/^durable \(.+\)$/) as string;
      expect(await runtime.audit('a')).toMatchObject([
        { action: 'fail', by },
        { action: 'complete', by },
      ]);
    });
    await expect(settle([], { store: path, run: 'a' })).rejects.toThrow('a has no callback that is open.');
  });

  it.each([
    [[], {}, 'Name the token'],
    [['t', '1', '2'], {}, 'one value too many: 2'],
    [['1', '2'], { run: 'a' }, 'one value too many: 2'],
    [['t', '1'], { error: 'no' }, 'here are both'],
    [['t', 'yes'], {}, 'the value: the text is not JSON'],
  ] as const)('refuses %j %j', async (words, options, text) => {
    await expect(settle(words, { store: join(folder, 'none.db'), ...options })).rejects.toThrow(text);
  });
});

describe('the upkeep of a store', () => {
  it('removes old runs after a yes', async () => {
    const path = await storeOf(`return await ship(n);`, ['a', 'b'], 'upkeep');
    const { out } = printed();
    await inStore(path, async (runtime) => {
      await runtime.recover();
      for (const id of ['a', 'b']) await (await runtime.get(id))!.result();
    });
    await expect(prune('30 days', { store: path })).rejects.toThrow('nobody can be asked here. Add --yes.');
    await expect(prune('soon' as never, { store: path, yes: true })).rejects.toThrow(InputError);
    expect(await prune('30 days', { store: path, yes: true })).toBe(0);
    expect(out).toEqual(['No run ended so long ago.']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await prune('1ms', { store: path, yes: true, json: true })).toBe(0);
    expect(JSON.parse(out.slice(1).join('\n'))).toEqual({ removed: 2 });
  });

  it('copies it into a new file', async () => {
    const path = await storeOf(WAITS, ['a']);
    const { out } = printed();
    const copy = join(folder, 'copy.db');
    expect(await backup(copy, { store: path })).toBe(0);
    expect(out).toEqual([`${path} is copied to ${copy}.`]);
    expect(await inStore(copy, (runtime) => runtime.list())).toMatchObject([{ id: 'a', status: 'running' }]);
    writeFileSync(join(folder, 'taken'), '');
    await expect(backup(join(folder, 'taken'), { store: path })).rejects.toThrow(InputError);
    await expect(backup(join(folder, 'new'), { store: join(folder, 'none.db') })).rejects.toThrow(
      NoStoreError,
    );
  });
});
