import { describe, expect, it } from 'vitest';
import { createRuntime, memoryStore } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { replay } from '../../runtime/testing/index.ts';
import { eventsOf, settled } from '../support/crash.ts';
import { deploy, died, resume, runWhole } from './deploy.ts';
import { calls, held, world } from './services.ts';

let count = 0;
const newId = (): string => `replays-${++count}`;

/** The journal of a run, cut behind the outcome of a step, without the outcomes of others. */
function journalUpTo(
  events: readonly JournalEvent[],
  key: string,
  without: readonly string[] = [],
): JournalEvent[] {
  const end = events.findIndex((event) => event.type === 'step' && event.key === key);
  expect(end).toBeGreaterThan(0);
  return events.slice(0, end + 1).filter((event) => !('key' in event) || !without.includes(event.key));
}

describe('what a run records of its code', () => {
  it('is the version of its function at its start, and of others with the event after they are first called', async () => {
    const main = await deploy(
      newId(),
      'await reserve(n); const a = await other(1); const b = await other(2); return [a, b];',
      "export async function other(k: number): Promise<unknown> { 'use durable as nested'; return await pay(k); }",
    );
    const { events, outcome } = await runWhole(main);
    expect(outcome).toEqual({ status: 'fulfilled', value: ['pay(1)', 'pay(2)'] });
    const stamped = events.flatMap(({ type, code }) =>
      code === undefined ? [] : [[type, Object.keys(code)]],
    );
    expect(stamped).toEqual([
      ['run-started', [`replays-${count}`]],
      ['step', ['nested']],
    ]);
    expect(events[2]).toMatchObject({
      key: 'other/pay',
      code: { nested: expect.stringMatching(/^[\w-]{16}$/) },
    });
  });

  it('is the new version, once the run has gone on with it', async () => {
    const id = newId();
    const old = await deploy(id, 'await reserve(n); await pay(n); return 1;');
    const { events } = await runWhole(old);
    const store = await died(old, journalUpTo(events, 'reserve'));
    await deploy(id, 'await reserve(n); await pay(n); await ship(n); return 1;');
    const resumed = await resume(store, []);
    expect(resumed.calls).toEqual(['pay(1)', 'ship(1)']);
    const versions = resumed.events.flatMap(({ code }) => (code === undefined ? [] : [code[id]]));
    expect(versions.length).toBe(2);
    expect(new Set(versions).size).toBe(2);
    expect(resumed.events[2]?.code).toBeDefined();
  });
});

describe('calls of a durable function', () => {
  const NESTED =
    "export async function nested(k: number): Promise<unknown> { 'use durable as ID'; return await pay(k); }";

  async function edit(before: string, after: string) {
    const id = newId();
    const around = NESTED.replace('ID', `nested-${id}`);
    const old = await deploy(id, before, around);
    const { events } = await runWhole(old);
    const store = await died(old, events.slice(0, -1));
    await deploy(id, after, around);
    return resume(store, []);
  }

  it('are not taken for each other where they were exchanged', async () => {
    const resumed = await edit(
      "const a = await nested(1); const b = await nested(2); await sleep('1ms'); return { a, b };",
      "const b = await nested(2); const a = await nested(1); await sleep('1ms'); return { a, b };",
    );
    expect(resumed.blocked).toMatch(/it isn't certain which call of "nested" is which/);
    expect(resumed.calls).toEqual([]);
  });

  it('are not taken for each other where the list of a loop was changed', async () => {
    const resumed = await edit(
      "const out = []; for (const k of [1, 2]) out.push(await nested(k)); await sleep('1ms'); return out;",
      "const out = []; for (const k of [2, 1]) out.push(await nested(k)); await sleep('1ms'); return out;",
    );
    expect(resumed.blocked).toMatch(/it isn't certain which call of "nested" is which/);
    expect(resumed.calls).toEqual([]);
  });

  it('keep their outcomes if it is certain which is which, and are listed once', async () => {
    const resumed = await edit(
      "const a = await nested(1); await sleep('1ms'); return a;",
      "const a = await nested(3); await sleep('1ms'); return a;",
    );
    expect(resumed.outcome).toEqual({ status: 'fulfilled', value: 'pay(1)' });
    expect(resumed.told.map(({ kept }) => kept)).toEqual([['nested']]);
  });
});

describe('a step that was under way', () => {
  const BODY = `
    const order = { n: 1, seen: new Map([['a', 1]]) };
    let total = 1;
    const first = hold(order);
    const second = say(total);
    await reserve(1);
    order.n = 2; order.seen.set('b', 2); total = 5;
    await pay(1);
    held();
    return [await first, await second];`;
  const held_ =
    "import { held as list } from '../../evolution/services.ts'; const held = () => { for (const end of list.splice(0)) end(); };";

  it('is called again at its call, with what it was given', async () => {
    const main = await deploy(newId(), BODY, held_);
    const { events } = await runWhole(main);
    held.length = 0;
    const store = await died(main, journalUpTo(events, 'pay', ['hold', 'say']));
    const resumed = await resume(store, []);
    expect(resumed.calls).toEqual(['hold({"n":1,"seen":{}})', 'say(1)']);
    expect(resumed.outcome).toEqual({ status: 'fulfilled', value: ['hold({"n":1,"seen":{}})', 'say(1)'] });
  });

  it('is not called by changed code with something else: the run is parked, and goes on with the old code', async () => {
    const id = newId();
    const old = await deploy(id, BODY, held_);
    const { events } = await runWhole(old);
    held.length = 0;
    const prefix = journalUpTo(events, 'pay', ['hold', 'say']);
    const store = await died(old, prefix);
    await deploy(id, `${BODY.replace('held();', 'held(); await ship(1);')}`, held_);
    const parked = await resume(store, []);
    expect(parked.blocked).toMatch(
      /step "hold" \(order\.ts:\d+:\d+\) would be called with other values than before/,
    );
    expect(parked.calls).toEqual([]);
    expect(parked.events).toEqual(prefix);
    await deploy(id, BODY, held_);
    const again = await resume(store, []);
    expect(again.outcome.status).toBe('fulfilled');
  });

  it('is called by changed code, if what it is given is the same', async () => {
    const id = newId();
    const body = 'const p = say({ list: [n, new Date(5)] }); await reserve(1); await pay(2); return await p;';
    const old = await deploy(id, body);
    const { events } = await runWhole(old);
    const store = await died(old, journalUpTo(events, 'pay', ['say']));
    await deploy(id, body.replace('return await p;', 'const said = await p; await ship(said); return said;'));
    const resumed = await resume(store, []);
    expect(resumed.blocked).toBeUndefined();
    expect(resumed.calls.map((call) => call.split('(')[0])).toEqual(['say', 'ship']);
  });

  it('is not called with variables that its closure finds changed', async () => {
    const id = newId();
    const body = `let total = 1; const p = step('sum up', () => say(total)); await reserve(1); total = 7; await pay(1); return await p;`;
    const imports = "import { step } from 'use-durable';";
    const old = await deploy(id, body, imports);
    const { events } = await runWhole(old);
    const prefix = journalUpTo(events, 'pay', ['sum up']);
    const same = await resume(await died(old, prefix), []);
    expect(same.outcome).toEqual({ status: 'fulfilled', value: 'say(1)' });
    await deploy(id, body.replace('return await p;', 'return [await p];'), imports);
    const parked = await resume(await died(old, prefix), []);
    expect(parked.blocked).toContain('step "sum up"');
    expect(parked.calls).toEqual([]);
  });

  it('records nothing, if the rest of the journal does not fit: a helper has changed, though the version has not', async () => {
    const main = await deploy(
      newId(),
      "if (isOpen()) await pay(1); else { const p = ship(1); await say(1); await p; } await sleep('1ms'); return 1;",
    );
    const { events } = await runWhole(main);
    const prefix = journalUpTo(events, 'pay');
    world.open = false;
    try {
      const parked = await resume(await died(main, prefix), []);
      expect(parked.blocked).toContain('something in it differs from one execution to the next');
      expect(parked.events).toEqual(prefix);
    } finally {
      world.open = true;
    }
    const again = await resume(await died(main, prefix), []);
    expect(again.outcome).toEqual({ status: 'fulfilled', value: 1 });
    expect(again.calls).toEqual([]);
  });

  it('is not called again for a run that was cancelled behind it', async () => {
    const main = await deploy(newId(), "try { await hold(1); } finally { await say('cleanup'); } return 1;");
    const store = memoryStore();
    const runtime = createRuntime({ store });
    calls.length = 0;
    const run = await runtime.start(main, [1], { id: 'run' });
    await run.cancel();
    expect((await settled(run.result())).status).toBe('rejected');
    for (const end of held.splice(0)) end();
    await runtime.close();
    const events = eventsOf(store, 'run');
    const cancelled = events.findIndex(({ type }) => type === 'cancel-requested');
    const resumed = await resume(await died(main, events.slice(0, cancelled + 1)), []);
    expect(resumed.calls).toEqual(['say("cleanup")']);
  });

  it('has its outcome recorded by a runtime that is closed during the replay', async () => {
    const main = await deploy(newId(), 'const p = hold(1); await reserve(1); await pay(1); return await p;');
    const whole = runWhole(main);
    await until(() => held.length > 0 && calls.includes('pay(1)'));
    for (const end of held.splice(0)) end();
    const store = await died(main, journalUpTo((await whole).events, 'pay', ['hold']));
    const runtime = createRuntime({ store });
    await runtime.recover();
    const closed = runtime.close();
    for (const end of held.splice(0)) end();
    await closed;
    expect(eventsOf(store, 'run').map((event) => ('key' in event ? event.key : event.type))).toEqual([
      'run-started',
      'reserve',
      'pay',
      'hold',
    ]);
  });
});

describe('a journal of 0.1.0', () => {
  it('goes on, as of an unknown version, which is told', async () => {
    const main = await deploy(newId(), "await reserve(n); await sleep('1ms'); return await pay(n);");
    const { events } = await runWhole(main);
    for (let end = 2; end < events.length; end++) {
      const prefix = events.slice(0, end).map(({ code: _, ...event }) => event as JournalEvent);
      const resumed = await resume(await died(main, prefix), []);
      expect(resumed.outcome).toEqual({ status: 'fulfilled', value: 'pay(1)' });
      expect(resumed.told.length).toBe(1);
      expect(resumed.events[end]?.code).toBeDefined();
    }
  });
});

describe('a nested durable function that was changed', () => {
  it('parks the runs that called it, with both lines', async () => {
    const id = newId();
    const nested = (body: string): string =>
      `export async function other(k: number): Promise<unknown> { 'use durable as nested-${id}';\n${body} }`;
    const body = "await reserve(n); const a = await other(1); await sleep('1ms'); return a;";
    const before = nested("await say('one'); return await say('two');");
    const old = await deploy(id, body, before);
    const oldNested = (await import('../../runtime/functions/definitions.ts')).findDefinition(
      `nested-${id}`,
    )!;
    const { events } = await runWhole(old);
    const prefix = journalUpTo(events, 'other/say#2');
    const store = await died(old, prefix);
    const { Manifests } = await import('../../runtime/local/run/manifests.ts');
    await new Manifests(store).keep(oldNested);
    await deploy(id, body, nested("await say('zero');\nawait say('one'); return await say('two');"));
    const parked = await resume(store, []);
    expect(parked.blocked).toMatch(/which call of "say" is which/);
    expect(parked.blocked).toMatch(
      /recorded: the call at order\.ts:\d+:\d+ of the code before, as "other\/say"/,
    );
    expect(parked.calls).toEqual([]);
    expect(parked.events).toEqual(prefix);
    await deploy(id, body, before);
    expect((await resume(store, [])).outcome).toEqual({ status: 'fulfilled', value: 'say("two")' });
  });
});

describe('an exported journal', () => {
  it('has the manifests with it, so that a replay tells calls of one name apart', async () => {
    const id = newId();
    const old = await deploy(id, "await say('one'); await say('two'); return 1;");
    const store = memoryStore();
    const runtime = createRuntime({ store });
    const run = await runtime.start(old, [1]);
    await run.result();
    const journal = await run.exportJournal();
    await runtime.close();
    expect(await replay(old, journal)).toEqual({ fits: true });
    const now = await deploy(id, "await say('two'); await say('one'); return 1;");
    const verdict = await replay(now, journal);
    expect(verdict.fits).toBe(false);
    expect(!verdict.fits && verdict.reason).toContain("isn't certain which call");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
