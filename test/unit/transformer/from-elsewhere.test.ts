import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { execute, recover } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/** What code outside of the function has made is another one after a restart: what was awaited of it is as recorded. */
const head = `import { EventEmitter } from 'node:events';
import pMap from 'p-map';
import { effect, later } from '../../support/effects.ts';
let made = 0;
class Client extends EventEmitter {
  constructor() {
    super();
    const number = ++made;
    this.ready = later(1, 'ready ' + number);
    this.parts = [later(1, 'a' + number), later(2, 'b' + number)];
    setTimeout(() => this.emit('done', 'done ' + number), 3);
  }
}
const list = [];
const fill = () => { list.splice(0, 2, later(1, 'a' + ++made), later(2, 'b' + made)); };
async function save(value) { effect('save'); return later(1, value); }
`;

const programs: Readonly<Record<string, string>> = {
  'a member': 'const c = new Client(); const v = await c.ready; await save(1); return v;',
  'a member that is returned': 'const c = new Client(); await save(1); return c.ready;',
  'a member by a pattern':
    'const { ready } = new Client(); await save(1); const v = await ready; await save(2); return v;',
  'a member in a combinator':
    'const c = new Client(); const v = await Promise.all([c.ready, save(1)]); await save(2); return v;',
  'a member that is chained':
    "const c = new Client(); const v = await c.ready.then((x) => x + '!'); await save(1); return v;",
  'a list in a member':
    'const c = new Client(); const v = await Promise.all(c.parts); await save(1); return v;',
  'an event':
    "const c = new Client(); const v = await new Promise((r) => c.once('done', r)); await save(1); return v;",
  'an event that is awaited later':
    "const c = new Client(); const p = new Promise((r) => { c.on('done', r); }); await save(1); const v = await p; await save(2); return v;",
  'members of instances in a list':
    'const all = [1, 2].map(() => new Client()); const out = []; for (const c of all) out.push(await c.ready); out.push(await Promise.all(all.map(async (c) => await c.ready))); await save(1); return out;',
  'a list of the module':
    'fill(); const out = []; for (const p of list) out.push(await p); await save(1); return out;',
  'parts of a list': 'fill(); const out = await Promise.all([...list]); await save(1); return out;',
  'a list that is mapped': 'fill(); const out = await pMap(list, async (x) => x); await save(1); return out;',
  'a Map of the function':
    "const m = new Map(); for (const k of ['a', 'b']) m.set(k, new Client().ready); await save(1); const out = [await m.get('a'), await m.get('b')]; await save(2); return out;",
  'values of a Map of the function':
    "const m = new Map([['a', new Client().ready]]); const out = await Promise.all(m.values()); await save(1); for (const [k, p] of m) out.push(k, await p); await save(2); return out;",
  'a list of the function':
    'const l = []; for (const n of [1, 2]) l.push(new Client().ready); await save(1); const out = await Promise.all(l); await save(2); return out;',
  'a literal of the function':
    'const l = [new Client().ready, save(0)]; const out = []; for await (const v of l) { out.push(v); await save(v); } out.push(await l[0], await l.at(1)); await save(2); return out;',
  'a Set of the function':
    'const s = new Set(); s.add(new Client().ready); const out = [await Promise.race(s)]; for (const p of s) out.push(await p); await save(1); return out;',
  'an object of the function':
    'const o = {}; o.a = new Client().ready; await save(1); const v = await o.a; await save(2); return [v, await o.a];',
  'instances in a Map':
    "const m = new Map(); m.set('a', new Client()); const v = await m.get('a').ready; await save(1); return [v, ...(await Promise.all([...m.values()].map((c) => c.ready)))];",
  'a mapped list of promises':
    'const l = [1, 2].map(() => new Client().ready); const out = []; for (const p of l) { out.push(await p); await save(1); } const [p] = l; out.push(await p); await save(2); return out;',
  'a synchronous function of the function':
    'const c = new Client(); const ready = () => c.ready; const v = await ready(); await save(1); const w = await ready(); const p = ready(); await save(2); return [v, v === w, await p, await Promise.all([ready()])];',
  'a member of an object of the function':
    'const c = new Client(); const o = { c, n: 1 }; const v = await o.c.ready; await save(1); const { ready } = c; const w = await ready; await save(2); return [v, v === w];',
  'a function in an object of the function':
    'const c = new Client(); const o = { ready: () => c.ready, again() { return c.ready; }, get now() { return c.ready; } }; const v = await o.ready(); await save(1); const w = await o.again(); const x = await o.now; await save(2); return [v, v === w, v === x];',
  'one that another way has recorded':
    'const c = new Client(); class Own { constructor(client) { this.client = client; } get ready() { return this.client.ready; } } const v = await c.ready; await save(1); const o = new Own(c); const w = await o.ready; const [x] = await Promise.all([o.ready]); await save(2); return [v, v === w, v === x];',
  'a class of the function that extends one':
    'class Own extends Client {} const c = new Own(); const v = await c.ready; await save(1); return [v, await c.ready, ...(await Promise.all(c.parts))];',
  'a class of the function that keeps one':
    'class Own { constructor(client) { this.client = client; } get ready() { return this.client.ready; } wait() { return this.client.ready; } } const o = new Own(new Client()); const v = await o.ready; await save(1); const [w] = await Promise.all([o.wait()]); await save(2); return [v, w, await o.client.ready];',
  'a list of the module, by for await':
    'fill(); const out = []; for await (const v of list) { out.push(v); await save(v); } return out;',
  'a list that is chained':
    "fill(); const out = await Promise.all(list.map((p) => p.then((x) => x + '!'))); await save(1); return out;",
};

describe.each(Object.entries(programs))('%s', (name, code) => {
  it.each([
    ['text', emitThroughText],
    ['ast', emitThroughAst],
  ] as const)('is as recorded (%s)', async (kind, emit) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'from-elsewhere', file: 'input.js', folder: '', source };
    const { main } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
    const whole = await execute(main as AnyFunction);
    expect(whole.outcome.status).toBe('fulfilled');
    const last = whole.events.findLastIndex((event) => event.type === 'step');
    const { outcome } = await recover(whole.events.slice(0, last + 1));
    expect(outcome).toEqual(whole.outcome);
  });
});

it('lists that a helper gives are refused before anything of them is awaited', async () => {
  const source = `${head}const jobs = () => [later(1, 'a'), later(2, 'b')];
export async function main() {\n  'use durable';\n  const out = await pMap(jobs(), async (x) => x);\n  await save(1); return out;\n}\n`;
  const fixture = { name: 'from-elsewhere', file: 'input.js', folder: '', source };
  const { main } = await load(fixture, 'helper', emitThroughText(fixture));
  const { outcome } = await execute(main as AnyFunction);
  expect(outcome).toMatchObject({
    reason: { message: expect.stringMatching(/is a promise in the result of the call "jobs"/) },
  });
});

it('what the function itself settles may be anything, also where a collection holds it', async () => {
  const source = `${head}class Deferred {
  constructor() { this.promise = new Promise((resolve) => { this.resolve = resolve; }); }
}
export async function main() {
  'use durable';
  const first = new Deferred();
  const list = [first.promise];
  const all = new Map();
  all.set('second', new Deferred());
  const settle = async () => {
    const two = await save(2);
    first.resolve(() => two);
    all.get('second').resolve(() => two + 1);
  };
  const settling = settle();
  const values = [(await list[0])(), (await all.get('second').promise)()];
  await settling;
  return [...values, await save(3)];
}\n`;
  const fixture = { name: 'from-elsewhere', file: 'input.js', folder: '', source };
  const { main } = await load(fixture, 'settled', emitThroughText(fixture));
  const whole = await execute(main as AnyFunction);
  expect(whole.outcome).toEqual({ status: 'fulfilled', value: [2, 3, 3] });
  for (let count = 1; count < whole.events.length; count++)
    expect((await recover(whole.events.slice(0, count))).outcome).toEqual(whole.outcome);
});
