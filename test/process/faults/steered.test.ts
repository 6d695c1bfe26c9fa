/** Processes that are killed while they accept another order, fork, rerun from a step, or take a branch by version. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { definitionOf } from '../../../runtime/functions/definitions.ts';
import { createRuntime, fileStore, type Runtime, type Store } from '../../../runtime/index.ts';
import type { RunEnded } from '../../../runtime/journal/events.ts';
import { decode } from '../../../runtime/values/codec.ts';
import { itInFull } from '../../support/tier.ts';
import { childFile, importProgram, OUTPUT, programFile, writePrograms } from './compile.ts';
import { EFFECTS, type Effect } from './effects.ts';
import type { Steered } from './steer.ts';

let folder: string;
let copies = 0;
beforeAll(() => {
  writePrograms();
  folder = mkdtempSync(join(OUTPUT, 'steered-'));
  process.env[EFFECTS] = effectsOf('none');
});
afterAll(() => {
  delete process.env[EFFECTS];
  rmSync(folder, { recursive: true, force: true });
});

const effectsOf = (name: string): string => join(folder, `${name}.effects`);
const pathOf = (name: string): string => join(folder, `${name}.db`);

const effectsIn = (name: string): readonly string[] =>
  existsSync(effectsOf(name))
    ? readFileSync(effectsOf(name), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Effect)
        .map(({ run, key }) => `${run} ${key}`)
    : [];

const recordedIn = (store: Store, ids: readonly string[]): readonly string[] =>
  ids.flatMap((id) =>
    ((store.load(id) as Awaited<ReturnType<Store['load']>>)?.events ?? []).flatMap((event) =>
      event.type === 'step' ? [`${id} ${event.key}`] : [],
    ),
  );

async function using<T>(name: string, work: (runtime: Runtime, store: Store) => Promise<T>): Promise<T> {
  process.env[EFFECTS] = effectsOf(name);
  const store = fileStore(pathOf(name));
  const runtime = createRuntime({ store, onBlocked: () => {} });
  try {
    return await work(runtime, store);
  } finally {
    await runtime.close();
    await store.close();
  }
}

const load = async (program: string, fn: string): Promise<AnyFunction> =>
  (await importProgram('compiled', program))[fn]!;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store with a run that has recorded a step and waits, or has ended; closed, so that it is one file. */
async function prepared(program: string, fn: string, steps: number, isEnded: boolean): Promise<string> {
  const name = `${fn}-${steps}-${isEnded}`;
  const old = await load(program, fn);
  await using(name, async (runtime, store) => {
    const handle = await runtime.start(old, [1], { id: 'run' });
    while (recordedIn(store, ['run']).length < steps) await turn();
    if (!isEnded) return;
    await handle.signal('go', 1);
    await handle.result();
  });
  return name;
}

/** Does something with a copy of the store in a process that dies there. Returns the copy, and whether it died. */
async function killed(
  from: string,
  program: string,
  steered: Steered,
): Promise<{ readonly name: string; readonly isKilled: boolean }> {
  const name = `copy-${++copies}`;
  copyFileSync(pathOf(from), pathOf(name));
  copyFileSync(effectsOf(from), effectsOf(name));
  const child = spawn(
    process.execPath,
    [childFile('steer'), pathOf(name), JSON.stringify(steered), programFile('children', program)],
    { env: { ...process.env, [EFFECTS]: effectsOf(name) }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const [code, signal] = await once(child, 'exit');
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return { name, isKilled: signal === 'SIGKILL' };
}

const count = (list: readonly string[], one: string): number => list.filter((other) => other === one).length;

/** Dies behind each call of the store in turn, until it lives. */
async function behindEach(
  from: string,
  program: string,
  steered: Omit<Steered, 'dieAt'>,
  goOn: (runtime: Runtime, store: Store) => Promise<void>,
): Promise<number> {
  const ids = ['run', steered.to ?? 'run'];
  for (let dieAt = 1; ; dieAt++) {
    const { name, isKilled } = await killed(from, program, { ...steered, dieAt });
    await using(name, async (runtime, store) => {
      const before = effectsIn(name);
      const recorded = recordedIn(store, ids);
      await goOn(runtime, store);
      const after = effectsIn(name);
      for (const step of recorded) expect(count(after, step), `${step}, ${dieAt}`).toBe(count(before, step));
      // What the new run keeps of the other one is done.
      expect(count(after, 'new "one"')).toBe(0);
    });
    if (!isKilled) return dieAt;
  }
}

const tolerant = async (runtime: Runtime): Promise<void> => {
  for (const handle of await runtime.recover()) handle.result().catch(() => {});
};

const blockedAll = async (runtime: Runtime): Promise<void> => {
  for (const handle of await runtime.recover())
    await expect(handle.result()).rejects.toThrow(/blocked|accept/);
};

describe('killed behind each write', { timeout: 300_000 }, () => {
  for (const action of ['fork', 'rerun'] as const)
    itInFull(`of \`${action}\` from a step`, async () => {
      const from = await prepared('steered-old', 'steered', 2, action === 'rerun');
      await load('steered-old', 'steered');
      const states = new Set<string>();
      const order = { action, run: 'run', from: '"two"', to: 'new', until: '"two"' } as const;
      const deaths = await behindEach(from, 'steered-old', order, async (runtime, store) => {
        const found = await store.load('new');
        states.add(`${found !== undefined}`);
        // Never without what it keeps: it would do that again.
        if (found) expect(recordedIn(store, ['new'])).toContain('new "one"');
        await tolerant(runtime);
        const handle = found
          ? (await runtime.get('new'))!
          : await runtime[action]('run', { from: '"two"', id: 'new' });
        await handle.signal('go', 1);
        expect(await handle.result()).toEqual(['one 2', 'two 2']);
      });
      expect(deaths).toBeGreaterThan(3);
      expect([...states].sort()).toEqual(['false', 'true']);
    });

  itInFull('of `resume` with `accept`', async () => {
    const from = await prepared('steered-old', 'steered', 2, false);
    const now = await load('steered-new', 'steered');
    const version = definitionOf(now)!.meta.version!;
    // The store gets to know that the run is blocked.
    await using(from, blockedAll);
    const states = new Set<string>();
    const order = { action: 'accept', run: 'run', version, until: '"between"' } as const;
    const deaths = await behindEach(from, 'steered-new', order, async (runtime, store) => {
      const isAccepted = (await store.load('run'))!.events.some(({ type }) => type === 'accepted');
      states.add(`${isAccepted}`);
      await (isAccepted ? tolerant(runtime) : blockedAll(runtime));
      const handle = isAccepted
        ? (await runtime.get('run'))!
        : await runtime.resume('run', { accept: version });
      await handle.signal('go', 1);
      expect(await handle.result()).toEqual(['one 2', 'between 2', 'two 2']);
      expect((await store.load('run'))!.events.filter(({ type }) => type === 'accepted')).toHaveLength(1);
    });
    expect(deaths).toBeGreaterThan(3);
    expect([...states].sort()).toEqual(['false', 'true']);
  });

  itInFull('of a run that takes a branch by version', async () => {
    const name = await prepared('since-old', 'branched', 1, false);
    const store = fileStore(pathOf(name));
    await store.send('run', { kind: 'signal', name: 'go', ok: true, value: '1j1' });
    const isOver = async (): Promise<boolean> => (await store.record('run'))!.status === 'completed';
    const seen: { readonly effects: readonly string[]; readonly recorded: readonly string[] }[] = [];
    const see = (): unknown => seen.push({ effects: effectsIn(name), recorded: recordedIn(store, ['run']) });
    see();
    while (!(await isOver())) {
      const child = spawn(
        process.execPath,
        [childFile('worker'), pathOf(name), '{"dieAfter":1}', programFile('children', 'since-new')],
        {
          env: { ...process.env, [EFFECTS]: effectsOf(name) },
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        },
      );
      let isGone = false;
      const gone = once(child, 'exit').then(() => (isGone = true));
      while (!isGone && !(await isOver())) await delay(5);
      child.kill('SIGKILL');
      await gone;
      see();
    }
    const { events } = (await store.load('run'))!;
    expect(decode((events.at(-1) as RunEnded).value)).toEqual(['one 2', 'late 2', 'two 2']);
    expect(events.flatMap((event) => (event.type === 'since' ? [event.name] : []))).toEqual(['late']);
    const last = effectsIn(name);
    for (const { effects, recorded } of seen)
      for (const one of recorded) expect(count(last, one), one).toBe(count(effects, one));
    expect(seen.length).toBeGreaterThan(4);
    await store.close();
  });
});
