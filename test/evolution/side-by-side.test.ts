/** Several versions of one function in one process: each run goes on with the version that it began with. */
import { afterEach, describe, expect, it } from 'vitest';
import { define, findDefinition, versionsOf } from '../../runtime/functions/definitions.ts';
import { createRuntime, memoryStore, type Store } from '../../runtime/index.ts';
import { Manifests } from '../../runtime/local/run/manifests.ts';
import { settled } from '../support/crash.ts';
import { deploy, died, resume, runWhole } from './deploy.ts';
import { calls, failing } from './services.ts';

const OLD = `await say('old'); await reserve(n); return await ship(n);`;
const NEW = `await pay(n); await say('new'); return await ship('new', n);`;
/** The old function, kept beside the new one. */
const kept = (body: string, name = 'main', number = 1): string => `
export async function ${name}V${number}(n: number): Promise<unknown> {
  'use durable version ${number} of ${name}';
  ${body}
}`;

async function startAnew(store: Store, id: string): Promise<unknown> {
  const runtime = createRuntime({ store });
  calls.length = 0;
  const handle = await runtime.rerun(id);
  const outcome = await settled(handle.result());
  await runtime.close();
  return outcome;
}

describe('an old function beside the new one', () => {
  it('goes on with the runs that began with it, after a crash at each of their events', async () => {
    const old = await deploy('side-1', OLD);
    const whole = await runWhole(old);
    const events = whole.events.slice(0, -1);
    const stores = await Promise.all(events.map((_, end) => died(old, events.slice(0, end + 1))));
    await deploy('side-1', NEW, kept(OLD));
    for (const [index, store] of stores.entries()) {
      const seen = await resume(store, events.slice(0, index + 1));
      expect(seen.blocked).toBeUndefined();
      expect(seen.outcome).toEqual(whole.outcome);
      expect(seen.calls).toEqual(whole.calls.slice(index));
      expect(seen.told, 'the code is the recorded code').toEqual([]);
    }
  });

  it('does not take new runs, nor those of rerun', async () => {
    const old = await deploy('side-2', OLD);
    const { events } = await runWhole(old);
    const store = await died(old, events);
    const main = await deploy('side-2', NEW, kept(OLD));
    expect((await runWhole(main)).calls).toEqual(['pay(1)', 'say("new")', 'ship("new", 1)']);
    await startAnew(store, 'run');
    expect(calls).toEqual(['pay(1)', 'say("new")', 'ship("new", 1)']);
  });

  it('is found by its number when it is repaired', async () => {
    const old = await deploy('side-3', OLD);
    const { events } = await runWhole(old);
    const prefix = events.slice(0, 2);
    const stores = await Promise.all([died(old, prefix), died(old, prefix)]);
    await deploy('side-3', NEW, kept(OLD));
    for (const store of stores) await new Manifests(store).keepNumbers();
    await deploy('side-3', NEW, kept(OLD.replace('ship(n)', "ship(n, 'repaired')")));
    const seen = await resume(stores[0]!, prefix);
    expect(seen.calls).toEqual(['reserve(1)', 'ship(1, "repaired")']);
    expect(seen.told.length, 'the code was changed').toBe(1);
    // What the repaired code has recorded is found as well.
    expect(seen.events.at(-1)).toMatchObject({ type: 'run-ended', ok: true });
  });

  it('is not guessed at when no process has told its number', async () => {
    const old = await deploy('side-4', OLD);
    const { events } = await runWhole(old);
    const store = await died(old, events.slice(0, 2));
    await deploy('side-4', NEW, kept(OLD.replace('ship(n)', "ship(n, 'repaired')")));
    const seen = await resume(store, events.slice(0, 2));
    expect(seen.blocked).toContain("its journal doesn't fit the code");
    expect(seen.calls).toEqual([]);
  });

  it('stays apart from two other versions', async () => {
    const bodies = ["await say('one')", "await say('two')", "await say('three')"].map(
      (first, index) => `${first}; await reserve(n); return await ship(${index + 1});`,
    );
    const stores: Store[] = [];
    for (const body of bodies) {
      const main = await deploy('side-5', body);
      const { events } = await runWhole(main);
      stores.push(await died(main, events.slice(0, 2)));
    }
    await deploy('side-5', bodies[2]!, kept(bodies[0]!) + kept(bodies[1]!, 'main', 2));
    expect(versionsOf('side-5').map(({ meta }) => meta.number)).toEqual([undefined, 1, 2]);
    for (const [index, store] of stores.entries()) {
      const { calls: made, blocked } = await resume(store, []);
      expect(blocked).toBeUndefined();
      expect(made).toEqual(['reserve(1)', `ship(${index + 1})`]);
    }
  });
});

describe('versions', () => {
  it('are counted, and the last run of an old one is told', async () => {
    const bodies = [1, 2, 3].map(
      (number) => `await say(${number}); await waitFor('go'); return await ship(${number});`,
    );
    const store = memoryStore();
    const calledIn = (number: number, name: string): string =>
      `export async function ${name}(n: number) { 'use durable as side-12-inner${number < 3 ? ` version ${number}` : ''}'; await reserve(${number}); }`;
    for (const [index, body] of bodies.entries()) {
      const main = await deploy('side-12', `await inner(n); ${body}`, calledIn(index + 1, 'inner'));
      const runtime = createRuntime({ store });
      for (const id of [1, 2]) await runtime.start(main, [1] as never, { id: `${index + 1}-${id}` });
      while ((await runtime.versions('side-12')).at(-1)!.running < 2 || calls.at(-1) !== `say(${index + 1})`)
        await new Promise((resolve) => setTimeout(resolve, 2));
      await runtime.close();
    }
    await deploy(
      'side-12',
      `await inner(n); ${bodies[2]}`,
      kept(`await inner(n); ${bodies[0]}`) +
        kept(`await inner(n); ${bodies[1]}`, 'main', 2) +
        calledIn(3, 'inner'),
    );
    const runtime = createRuntime({ store });
    const told: string[] = [];
    runtime.on('version-finished', ({ runId, fn, number }) => told.push(`${runId} ${fn} ${number}`));
    const handles = await runtime.recover();
    const numbers = (await runtime.versions()).map(({ fn, number, newest, running }) => [
      fn,
      number,
      newest,
      running,
    ]);
    expect(numbers).toEqual([
      ['side-12', 1, false, 2],
      ['side-12', 2, false, 2],
      ['side-12', undefined, true, 2],
      ['side-12-inner', 1, false, 2],
      ['side-12-inner', 2, false, 2],
      ['side-12-inner', undefined, true, 2],
    ]);
    for (const id of ['1-1', '2-1', '3-1', '3-2', '2-2', '1-2']) {
      const handle = handles.find((one) => one.id === id)!;
      await handle.signal('go', 1);
      expect(await handle.result()).toBe(`ship(${id[0]})`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(told).toEqual(['2-2 side-12 2', '2-2 side-12-inner 2', '1-2 side-12 1', '1-2 side-12-inner 1']);
    expect(await runtime.versions()).toEqual([]);
    await expect(runtime.versions(3 as never)).rejects.toThrow('versions: fn is the id');
    await runtime.close();
  });
});

describe('versions of a function that a run calls', () => {
  const outer = `await inner(n); return await ship(n);`;
  const inner = (body: string): string => `
export async function inner(n: number): Promise<unknown> {
  'use durable as ID-inner';
  ${body}
}`;
  const INNER_OLD = `await say('old'); await reserve(n);`;
  const INNER_NEW = `await pay(n); await reserve(n); await say('new');`;
  const around = (id: string, body: string, old?: string): string =>
    (inner(body) + (old === undefined ? '' : kept(old, 'inner'))).replaceAll('ID', id);

  it.each(['inner(n)', '[n].map(inner)[0]', 'Promise.all([n].map((one) => inner(one)))'])(
    'are the recorded ones, after a crash at each event: %s',
    async (call) => {
      const id = `side-6-${call.length}`;
      const body = outer.replace('inner(n)', call);
      const old = await deploy(id, body, around(id, INNER_OLD));
      const whole = await runWhole(old);
      const events = whole.events.slice(0, -1);
      const stores = await Promise.all(events.map((_, end) => died(old, events.slice(0, end + 1))));
      const main = await deploy(id, body, around(id, INNER_NEW, INNER_OLD));
      for (const [index, store] of stores.entries()) {
        const seen = await resume(store, events.slice(0, index + 1));
        expect(seen.blocked, String(index)).toBeUndefined();
        // In the first prefix nothing of the inner one is recorded yet.
        const expected =
          index === 0 ? ['pay(1)', 'reserve(1)', 'say("new")', 'ship(1)'] : whole.calls.slice(index);
        expect(seen.calls).toEqual(expected);
        expect(seen.outcome).toEqual(whole.outcome);
      }
      expect((await runWhole(main)).calls).toEqual(['pay(1)', 'reserve(1)', 'say("new")', 'ship(1)']);
    },
  );

  it('that code names itself are runs of their own names', async () => {
    const id = 'side-7';
    const body = `await innerV1(n); await inner(n); return await ship(n);`;
    const main = await deploy(id, body, around(id, INNER_NEW, INNER_OLD));
    const whole = await runWhole(main);
    expect(whole.calls).toEqual([
      'say("old")',
      'reserve(1)',
      'pay(1)',
      'reserve(1)',
      'say("new")',
      'ship(1)',
    ]);
    const events = whole.events.slice(0, -1);
    for (const [index] of events.entries()) {
      const prefix = events.slice(0, index + 1);
      const seen = await resume(await died(main, prefix), prefix);
      expect(seen.blocked).toBeUndefined();
      expect(seen.calls).toEqual(whole.calls.slice(index));
      expect(seen.told).toEqual([]);
    }
  });

  it('recursion stays within the version of the run', async () => {
    const old = `await say('old', n); if (n < 2) await main(n + 1); return await ship(n);`;
    const main = await deploy('side-8', old);
    const whole = await runWhole(main);
    const events = whole.events.slice(0, -1);
    const stores = await Promise.all(events.map((_, end) => died(main, events.slice(0, end + 1))));
    await deploy('side-8', NEW, kept(old));
    for (const [index, store] of stores.entries()) {
      const seen = await resume(store, events.slice(0, index + 1));
      expect(seen.blocked).toBeUndefined();
      expect(seen.calls).toEqual(whole.calls.slice(index));
    }
  });
});

describe('two functions', () => {
  it('of different files may be versions of one function', async () => {
    const main = await deploy('side-9', `await say('newest');`);
    await deploy(
      'side-9-other',
      '',
      kept('await ship(n);').replace('version 1 of main', 'as side-9 version 1'),
    );
    expect(findDefinition('side-9')?.callable).toBe(main);
    expect(findDefinition('side-9 version 1')).toBeDefined();
  });

  it('of different files can not claim one version', () => {
    const meta = { id: 'side-11', number: 1, line: 1, column: 1, steps: [] };
    define({ ...meta, file: 'one.ts' });
    define({ ...meta, file: 'other.ts', number: 2 });
    expect(() => define({ ...meta, file: 'other.ts' })).toThrow(
      'Two durable functions have the id "side-11 version 1": one.ts:1 and other.ts:1',
    );
    expect(findDefinition('side-11')?.meta.number).toBe(2);
  });

  afterEach(() => failing.clear());

  it('are started as they are called, and resume as such', async () => {
    await deploy('side-10', NEW, `${kept(OLD)}\nObject.assign(globalThis, { v1: mainV1 });`);
    const { v1 } = globalThis as unknown as { v1: () => Promise<unknown> };
    const whole = await runWhole(v1);
    expect(whole.calls).toEqual(['say("old")', 'reserve(1)', 'ship(1)']);
    for (const [index] of whole.events.slice(0, -1).entries()) {
      const prefix = whole.events.slice(0, index + 1);
      const seen = await resume(await died(v1, prefix), prefix);
      expect(seen.calls).toEqual(whole.calls.slice(index));
    }
    const store = memoryStore();
    const runtime = createRuntime({ store });
    await expect(settled((await runtime.start(v1, [1] as never)).result())).resolves.toMatchObject({
      status: 'fulfilled',
    });
    await runtime.close();
  });
});
