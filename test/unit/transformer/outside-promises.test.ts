import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { execute, recover } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';
import { FULL } from '../../support/tier.ts';

/**
 * A promise of the module is another one after a restart. Wherever the function awaits it, it has the outcome that was
 * recorded first.
 */
const head = `import { effect, later } from '../../support/effects.ts';
import { step } from 'use-durable';
let made = 0;
export let READY;
const client = { a: {} };
class Service { get ready() { return READY; } }
const service = new Service();
class Lazy {
  #ready;
  up;
  get ready() { if (!this.#ready) this.#ready = later(1, { made }); return this.#ready; }
  get opened() { if (this.up === undefined) { this.up = later(1, { made }); } return this.up; }
  get kept() { return (this.up ??= later(1, { made })); }
  get first() { this.up ??= later(1, { made }); return this.up; }
}
let lazy;
const opened = new WeakMap();
function open(of) {
  if (!opened.has(of)) opened.set(of, later(1, { made }));
  return opened.get(of);
}
let hidden;
class Hidden {
  static get ready() { return open(Hidden); }
  get ready() { return open(this); }
  get up() { return open(this); }
  get inner() { return hidden.own ??= new Hidden(); }
  get fresh() { effect('fresh'); return later(1, { made }); }
  get item() { effect('item'); return later(1, queue.shift()); }
  get again() { return this.ready; }
  get twice() { return open(this); }
  get made_() { return this.make(); }
  make() { return (this.made ??= later(1, { made })); }
}
export const queue = [];
class Place {
  static ready;
  static #kept;
  static set(value) { Place.ready = value; Place.#kept = value; }
  static async main() { 'use durable'; const a = await Place.#kept; await save(); const b = await this.#kept; return [a, b, await Place.ready]; }
}
let proxy;
const KEYS = { ready: 'ready' };
export function restart(isSame) {
  if (isSame) made--;
  hidden = new Hidden();
  hidden.list = [new Hidden()];
  proxy = new Proxy({ target: hidden }, { get: (target, key) => (key === 'ready' ? open(target) : target[key]) });
  lazy = new Lazy();
  READY = later(1, { made: ++made });
  client.ready = READY;
  client.a.b = READY;
  client.failed = later(1).then(() => { throw new TypeError('failed ' + made); });
  client.failed.catch(() => {});
  client.list = [READY];
  Place.set(READY);
  opened.delete(Hidden);
}
async function save(value) { effect('save'); return later(1, 'saved'); }
`;

const programs: Readonly<Record<string, string>> = {
  'by its name': 'const a = await READY; await save(); const b = await READY; return [a, b];',
  'by a member': 'const a = await client.ready; await save(); return [a, await client.ready];',
  'by a getter': 'const a = await service.ready; await save(); return [a, await service.ready];',
  'by a getter that makes it': 'const a = await lazy.ready; await save(); return [a, await lazy.ready];',
  'by a getter that makes it in a block':
    'const a = await lazy.opened; await save(); return [a, await lazy.opened];',
  'by a getter that assigns and returns':
    'const a = await lazy.kept; await save(); return [a, await lazy.kept];',
  'by a getter that calls a method that keeps it':
    'const a = await hidden.made_; await save(); return [a, await hidden.made_];',
  'by a getter that calls a function':
    'const a = await hidden.ready; await save(); const b = await hidden.ready; await save(); return [a, b, await hidden.ready];',
  'by a getter behind another':
    'const a = await hidden.inner.ready; await save(); return [a, await hidden.inner.ready];',
  'by a getter in a loop':
    'const out = []; for (let i = 0; i < 4; i++) { out.push(await hidden.ready); await save(); } return out;',
  'by a getter behind ?.': 'const a = await hidden?.ready; await save(); return [a, await hidden?.ready];',
  'by a getter with a computed name':
    'const name = "ready"; const a = await hidden[name]; await save(); const b = await hidden[KEYS.ready]; await save(); return [a, b, await hidden[`${name}`], await hidden["rea" + "dy"]];',
  'by a getter of an element':
    'const out = []; for (let i = 0; i < 3; i++) { out.push(await hidden.list[i % 1].ready); await save(); } return out;',
  'by a getter in a combinator':
    'const [a] = await Promise.all([hidden.ready, save()]); await save(); const [b] = await Promise.all([hidden.ready]); await save(); return [a, b, await hidden.ready];',
  'by a getter for the elements of a list':
    'const all = () => Promise.all(hidden.list.map((one) => one.ready)); const a = await all(); await save(); const b = await all(); await save(); const out = []; for (const one of hidden.list) out.push(await one.ready); return [a, b, out];',
  'by a getter in for await':
    'const out = []; for (let i = 0; i < 2; i++) for await (const v of [hidden.ready]) { out.push(v); await save(); } return out;',
  'by a getter in patterns':
    'const { ready } = hidden; const a = await ready; await save(); const { ready: again } = hidden; return [a, await again];',
  'by a static getter': 'const a = await Hidden.ready; await save(); return [a, await Hidden.ready];',
  'by a static member': 'const a = await Place.ready; await save(); return [a, await READY];',
  'in a private static member': 'return await Place.main();',
  'by a proxy':
    'const a = await proxy.ready; await save(); return [a, await proxy.ready, await proxy.target.ready.made];',
  'by two getters of one promise': 'const a = await lazy.first; await save(); return [a, await lazy.opened];',
  'by a name and by members':
    'const a = await READY; await save(); const b = await client.ready; await save(); return [a, b, await client.a.b];',
  'in a combinator':
    'const a = await READY; await save(); const [b] = await Promise.all([READY, save()]); await save(); return [a, b, await Promise.race([client.ready])];',
  'in a combinator first':
    'const [a] = await Promise.all([READY]); await save(); const [{ value: b }] = await Promise.allSettled([client.ready]); await save(); return [a, b, await READY];',
  'by a local name':
    'const p = client.ready; const a = await p; await save(); const b = await READY; await save(); const q = READY; return [a, b, await q];',
  'by a closure':
    'const get = async () => { const v = await READY; await save(); return v; }; return [await get(), await get(), await READY];',
  'that a closure returns':
    'const get = async () => READY; const sync = () => client.ready; const a = await get(); await save(); const b = await sync(); await save(); return [a, b, await READY];',
  'in a nested durable function':
    'const a = await READY; await save(); const b = await nested(); await save(); return [a, b, await client.ready];',
  'by a chain':
    'const a = await READY.then((x) => x.made); await save(); const { made: b } = await READY; await save(); return [a, b, await client.ready.catch(() => 0).then((x) => x.made), (await client.ready.finally(() => {})).made];',
  'by a chain that is awaited later':
    'const p = READY.then((x) => x.made); await save(); const a = await p; await save(); return [a, (await READY).made];',
  'by an optional chain in a constant':
    'const out = []; const ready = client?.ready; await ready?.then((x) => { out.push(x.made); }); await save(); out.push((await READY).made); const b = await client?.ready; await save(); return [...out, b, await client.none?.ready];',
  'by an optional chain with a callback that returns':
    'const out = []; const v = await client?.ready.then((x) => x.made); if (v !== undefined) out.push(v); await save(); out.push((await READY).made, await client.none?.ready.then((x) => x.made)); return out;',
  'by an optional chain first by its name':
    'const out = [(await READY).made]; await save(); out.push(await client?.ready.then((x) => x.made), await client.ready?.then((x) => x.made)); return out;',
  'by an optional chain that is awaited later':
    'const p = client?.ready.then((x) => x.made); await save(); const a = await p; await save(); return [a, (await READY).made, await client?.a?.b?.catch(() => 0)];',
  'by a list':
    'const out = []; for (const p of client.list) out.push(await p); await save(); out.push(await READY); await save(); out.push(...await Promise.all(client.list)); return out;',
  'by for await':
    'const out = []; for await (const v of [READY, client.ready]) { out.push(v); await save(); } return out;',
  'by a condition':
    'const a = await (client.none ?? READY); await save(); const b = await (client.ready ?? READY); await save(); const c = await (client.ready || READY); const d = await (client.none ? 1 : READY); return [a, b, c, d];',
  'by a condition first': 'const b = await (client.ready ?? READY); await save(); return [b, await READY];',
  'by Promise.resolve and by resolve':
    'const a = await Promise.resolve(READY); await save(); const b = await new Promise((r) => r(client.ready)); await save(); return [a, b, await READY];',
  'that is rejected':
    'const out = []; for (let i = 0; i < 2; i++) { try { await client.failed; } catch (error) { out.push(error.message, error instanceof TypeError); } await save(); } return out;',
  'by destructuring':
    'const { ready } = client; const a = await ready; await save(); const [b] = client.list; return [a, await b, await READY];',
  'in a list with promises of closures':
    'const own = async () => { await save(); return "own"; }; const l = [own(), READY]; l.push(client.ready); const out = []; for (const p of l) out.push(await p); await save(); out.push(...await Promise.all(l), ...await Promise.all([...client.list, own()])); await save(); return out;',
  'in a Map with promises of closures':
    'const own = async () => { await save(); return "own"; }; const m = new Map([["a", own()]]); m.set("b", READY); const s = new Set([own(), client.ready]); const out = [await m.get("a"), await m.get("b")]; await save(); out.push(await m.get("b"), ...await Promise.all(s)); await save(); return out;',
  'in an object with promises of closures':
    'const own = async () => { await save(); return "own"; }; const o = { own: own(), ready: READY }; o.late = client.ready; const out = [await o.own, await o.ready]; await save(); out.push(await o.late, ...await Promise.all(Object.values(o))); await save(); return out;',
  'in the shorthand of an object':
    'const own = async () => { await save(); return "own"; }; const o = { own: own(), READY }; const out = [await o.own, await o.READY]; await save(); out.push(...await Promise.all(Object.values({ READY, own: own() }))); return out;',
  'or of a closure':
    'const own = async () => { await save(); return "own"; }; const p = client.none ? own() : client.ready; await save(); let q = own(); if (!client.none) q = READY; const out = [await p, await q]; await save(); return [...out, await p];',
  'in a parameter':
    'const wait = async (p) => { const v = await p; await save(); return v; }; const own = async () => "own"; return [await wait(READY), await wait(own()), await wait(client.ready)];',
  'in a class of the function':
    'class Own { #own; other = READY; constructor(client) { this.#own = client; this.ready = client.ready; } get now() { return this.#own.ready; } wait() { return this.ready; } async go() { const v = await this.other; await save(); return [v, await this.now, await this.wait()]; } } const o = new Own(client); const out = [await o.now]; await save(); out.push(...await o.go(), await o.wait()); await save(); return [...out, await READY, ...await Promise.all([o.other, o.wait()])];',
  'by an async generator':
    'async function* g() { yield READY; await save(); yield client.ready; } const out = []; for await (const v of g()) { out.push(v); await save(); } return out;',
};

/** Those whose getters have a code that cannot be followed. */
const UNSEEN = [
  'by a getter that calls a function',
  'by a getter behind another',
  'by a getter in a loop',
  'by a getter behind ?.',
  'by a getter with a computed name',
  'by a getter of an element',
  'by a getter in a combinator',
  'by a static getter',
  'by a proxy',
];

const ANOTHER = {
  status: 'rejected',
  reason: {
    name: 'MisuseError',
    message: expect.stringContaining('has another outcome than before the restart'),
  },
};

/** That both give the same code is held by emit.test.ts. */
const EMITTERS = [['text', emitThroughText], ...(FULL ? ([['ast', emitThroughAst]] as const) : [])] as const;

describe.each(Object.entries(programs))('a promise of the module %s', (name, code) => {
  it.each(EMITTERS)('has one outcome (%s)', async (kind, emit) => {
    const source = `${head}async function nested() {\n  'use durable';\n  return await READY;\n}
export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'outside-promises', file: 'input.js', folder: '', source };
    const { main, restart } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
    (restart as () => void)();
    const whole = await execute(main as AnyFunction);
    expect(whole.outcome.status).toBe('fulfilled');
    for (let count = 1; count < whole.events.length; count++) {
      (restart as () => void)();
      const { outcome } = await recover(whole.events.slice(0, count));
      const isRecorded = whole.events.slice(0, count).some(({ type }) => type === 'step');
      if (!isRecorded) continue;
      if (UNSEEN.includes(name) && outcome.status === 'rejected') expect(outcome).toMatchObject(ANOTHER);
      else expect(outcome, `behind event ${count - 1}`).toEqual(whole.outcome);
    }
  });

  it('has one outcome if it has the same value in another process', async () => {
    const source = `${head}async function nested() {\n  'use durable';\n  return await READY;\n}
export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'outside-promises', file: 'input.js', folder: '', source };
    const { main, restart } = await load(
      fixture,
      `same-${name.replace(/\W+/g, '-')}`,
      emitThroughText(fixture),
    );
    (restart as () => void)();
    const whole = await execute(main as AnyFunction);
    for (let count = 1; count < whole.events.length; count++) {
      (restart as (isSame: boolean) => void)(true);
      const { outcome } = await recover(whole.events.slice(0, count));
      expect(outcome, `behind event ${count - 1}`).toEqual(whole.outcome);
    }
  });
});

describe('journals from before these promises were steps', () => {
  it.each([
    [
      'a chain',
      'const a = await READY.then((x) => x.made); await save(); return [a, await save()];',
      'READY',
    ],
    [
      'an optional chain',
      'const a = await client?.ready.then((x) => x.made); await save(); return [a, await save()];',
      'client.ready',
    ],
    [
      'a condition',
      'const b = await (client.ready ?? 1); await save(); return [b, await save()];',
      'client.ready',
    ],
    [
      'a list',
      'const own = async () => { await save(); return 0; }; const l = [own(), READY]; await l[0]; const v = await l[1]; await save(); return [v, await save()];',
      'READY',
    ],
  ])('go on: %s', async (name, code, key) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'outside-promises', file: 'input.js', folder: '', source };
    const { main, restart } = await load(
      fixture,
      `old-${name.replace(/\W+/g, '-')}`,
      emitThroughText(fixture),
    );
    (restart as () => void)();
    const { events } = await execute(main as AnyFunction);
    const old = events.filter((event) => !('key' in event && event.key === key));
    expect(old.length).toBe(events.length - 2);
    for (let count = 1; count < old.length; count++) {
      const { outcome } = await recover(old.slice(0, count));
      expect(outcome, `behind event ${count - 1}`).toMatchObject({ status: 'fulfilled' });
    }
  });
});

describe('a promise that another process would not know', () => {
  const run = async (name: string, code: string) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'outside-promises', file: 'input.js', folder: '', source };
    const { main, restart } = await load(fixture, name, emitThroughText(fixture));
    (restart as () => void)();
    return { whole: await execute(main as AnyFunction), restart: restart as () => void };
  };

  it.each([
    [
      'another getter',
      'const a = await hidden.ready; await save(); return [a, await hidden.up];',
      'hidden.up',
      'hidden.ready',
    ],
    [
      'an optional getter',
      'const a = await hidden.ready; return [a, await (hidden.none ?? hidden.up)];',
      'hidden.up',
      'hidden.ready',
    ],
    [
      'a call',
      'let i = 0; const next = () => i; const a = await hidden.list[Number(0)].ready; return [a, await hidden.list[Number(0)].ready];',
      'hidden.list[*].ready',
      'hidden.list[*].ready',
    ],
  ])('is refused live: by %s', async (name, code, second, first) => {
    const { whole } = await run(`two-ways-${name.replace(/\W+/g, '-')}`, code);
    expect(whole.outcome).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'MisuseError',
        message: expect.stringContaining(`"${second}" is the promise that "${first}" gave.`),
      },
    });
  });

  it('is awaited in any way if it has no value', async () => {
    const code = 'opened.set(hidden, later(1)); await hidden.ready; await save(); await hidden.up; return 1;';
    const { whole } = await run('no-value', code);
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: 1 });
  });

  it('is told in the first process', async () => {
    const told: string[] = [];
    const listen = ({ code, message }: Error & { code?: string }): void =>
      void told.push(`${code} ${message}`);
    process.on('warning', listen);
    await run('told', 'const a = await hidden.twice; await save(); return [a, await hidden.twice];');
    await run(
      'not-told',
      'const a = await lazy.kept; await save(); return [a, await lazy.kept, await hidden.fresh, await hidden.fresh];',
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    const ours = told.filter((one) => /hidden\.(fresh|twice)|lazy\.kept/.test(one));
    expect(ours).toEqual([expect.stringMatching(/^USE_DURABLE_READ_AGAIN "hidden\.twice"/)]);
  });

  it.each([
    ['returns the same', 'const a = await hidden.ready; await save(); return [a, await hidden.up];'],
    [
      'names the other',
      'const a = await hidden.up; await save(); const b = await hidden.ready; return [a, b, await hidden.again];',
    ],
  ])('is refused after a restart where another getter %s', async (name, code) => {
    const { whole, restart } = await run(`alike-${name.replace(/\W+/g, '-')}`, code);
    restart();
    const behind = whole.events.findIndex((event) => event.type === 'step');
    const { outcome } = await recover(whole.events.slice(0, behind + 1));
    expect(outcome).toMatchObject(ANOTHER);
  });
});

describe('a getter that gives another promise each time', () => {
  const all =
    'const out = []; for (let i = 0; i < 4; i++) { out.push(await hidden.item); await save(); } return out;';

  const prepare = async (name: string, code: string, items: readonly string[]) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'outside-promises', file: 'input.js', folder: '', source };
    const { main, restart, queue } = await load(fixture, name, emitThroughText(fixture));
    (queue as string[]).push(...items);
    (restart as () => void)();
    const whole = await execute(main as AnyFunction);
    return { whole, queue: queue as string[], restart: restart as () => void };
  };

  it('is called as often as the code reads it, and no item is lost', async () => {
    const { whole, queue, restart } = await prepare('items', all, ['a', 'b', 'c', 'd']);
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: ['a', 'b', 'c', 'd'] });
    for (let count = 1; count < whole.events.length; count++) {
      const recorded = whole.events.slice(0, count);
      const taken = recorded.filter(
        (event) => event.type === 'step' && event.key.startsWith('hidden.item'),
      ).length;
      queue.splice(0, queue.length, ...['a', 'b', 'c', 'd'].slice(taken));
      restart();
      const { outcome, effects } = await recover(recorded);
      const calls = effects.filter(({ name }) => name === 'item').length;
      // Nothing tells yet that the getter gives another one each time.
      if (taken === 1) expect(outcome).toMatchObject(ANOTHER);
      else expect(outcome, `behind event ${count - 1}`).toEqual(whole.outcome);
      expect(calls, `behind event ${count - 1}`).toBe(taken === 1 ? 1 : 4 - taken);
    }
  });

  it('is right at each place in a step', async () => {
    const inSteps = all.replace('await hidden.item', 'await step(() => hidden.item)');
    const { whole, queue, restart } = await prepare('items-in-steps', inSteps, ['a', 'b', 'c', 'd']);
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: ['a', 'b', 'c', 'd'] });
    const steps = (events: typeof whole.events): number =>
      events.filter((event) => event.type === 'step' && !event.key.startsWith('save')).length;
    for (let count = 1; count < whole.events.length; count++) {
      const recorded = whole.events.slice(0, count);
      queue.splice(0, queue.length, ...['a', 'b', 'c', 'd'].slice(steps(recorded)));
      restart();
      expect((await recover(recorded)).outcome, `behind event ${count - 1}`).toEqual(whole.outcome);
    }
  });
});
