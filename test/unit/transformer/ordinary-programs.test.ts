import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import type { JournalEvent } from '../../../runtime/journal/events.ts';
import { crashEverywhere, execute, recover } from '../../support/crash.ts';
import { takeEffects } from '../../support/effects.ts';
import { emitPlain, emitThroughAst, emitThroughText, type Fixture, load } from '../../support/fixtures.ts';
import { FULL, sample } from '../../support/tier.ts';

/**
 * Programs that mix closures, collections, classes, generators and promises of the module. They mean what they mean plainly,
 * killed behind each event too. In a new process the promises of the module are others: what is recorded of them stays.
 */
const modules = `import { EventEmitter } from 'node:events';
import { memoize, once } from 'lodash';
import memoizeOne from 'memoize-one';
import pLimit from 'p-limit';
import pMap from 'p-map';
import pMemoize from 'p-memoize';
import { effect, later } from '../../support/effects.ts';
let BOOT;
let made = 0;
const client = { get lazy() { return BOOT; }, async get(k) { return job('get ' + k); } };
export function restart() {
  made++;
  BOOT = later(1, 'boot' + made);
  client.ready = later(1, 'ready' + made);
  client.list = [later(1, 'first' + made), later(1, 'last' + made)];
}
restart();
async function job(name, ms = 1) { effect('job ' + name); return later(ms, String(name)); }
async function fails(name) { effect('fails ' + name); await later(1); throw new TypeError('no ' + name); }
async function nested(x) {
  'use durable';
  return [x, await job(x), await client.ready];
}
class Base extends EventEmitter {
  constructor() { super(); this.up = later(1, 'up' + made); }
  async ask(q) { return job('ask ' + q); }
}
`;

const programs: Readonly<Record<string, string>> = {
  'a cache of promises': `const cache = new Map(); const get = (k) => { if (!cache.has(k)) cache.set(k, job(k)); return cache.get(k); }; const a = await get('x'); const [b, c] = await Promise.all([get('x'), get('y')]); return [a, b, c, cache.size];`,
  'a pool': `class Pool { #q = []; #busy = 0; async run(fn) { if (this.#busy > 1) await new Promise((r) => this.#q.push(r)); this.#busy++; try { return await fn(); } finally { this.#busy--; this.#q.shift()?.(); } } } const p = new Pool(); return await Promise.all([1,2,3,4].map((n) => p.run(async () => [n, await job(n), await client.ready])));`,
  'pages of a generator': `async function* pages() { let page = 0; while (page < 3) { const got = await job('page' + page); yield got; page++; } } const out = []; for await (const p of pages()) { out.push(p, await BOOT); } return out;`,
  'events of an emitter': `const bus = new EventEmitter(); const seen = []; bus.on('x', (v) => seen.push(v)); bus.emit('x', await job('a')); bus.emit('x', await BOOT); return seen;`,
  'a state that closures replace': `let state = { n: 0 }; const inc = async () => { const v = await job(state.n); state = { ...state, n: state.n + 1, v }; }; await inc(); await inc(); await Promise.all([inc(), inc()]); return state;`,
  'a lazy getter': `const lazy = { get value() { return (this.kept ??= job('lazy')); } }; const a = await lazy.value; const b = await lazy.value; return [a, b];`,
  'a pipeline of closures': `const steps = [async () => job('1'), async (x) => job(x + '2'), (x) => x + '!']; return await steps.reduce(async (acc, s) => s(await acc), Promise.resolve(''));`,
  'settled results': `const results = await Promise.allSettled([job('a'), fails('b'), client.ready, (async () => { throw new RangeError(await job('c')); })()]); return results.map((r) => r.status === 'fulfilled' ? r.value : r.reason.message);`,
  'a limiter': `const limit = pLimit(2); const all = await Promise.all([1,2,3].map((n) => limit(async () => { const v = await job(n); return v + (await client.ready); }))); return all;`,
  'a time limit': `const timeout = (p, ms) => Promise.race([p, new Promise((_, no) => setTimeout(() => no(new Error('late')), ms))]); try { return await timeout(job('a'), 5000); } catch (e) { return e.message; }`,
  'a queue with a worker': `const queue = []; let wake; const push = (x) => { queue.push(x); wake?.(); }; const worker = (async () => { const out = []; while (out.length < 2) { if (!queue.length) await new Promise((r) => { wake = r; }); out.push(await job(queue.shift())); } return out; })(); push('a'); await job('mid'); push('b'); return await worker;`,
  'a saga': `class Saga { steps = []; async do(fn, undo) { const r = await fn(); this.steps.unshift(undo); return r; } async rollback() { for (const u of this.steps) await u(); } } const s = new Saga(); try { await s.do(() => job('a'), () => job('undo a')); await s.do(() => job('b'), async () => { await job('undo b'); }); await s.do(() => fails('c'), () => job('undo c')); } catch (e) { await s.rollback(); return e.message; }`,
  'entries of an object': `const o = { a: job('a'), b: client.ready, c: 3, async d() { return job('d'); } }; const entries = await Promise.all(Object.entries(o).map(async ([k, v]) => [k, typeof v === 'function' ? await v() : await v])); return Object.fromEntries(entries);`,
  patterns: `const { ready, list: [first, ...rest] } = client; return [await ready, await first, ...(await Promise.all(rest))];`,
  'a tag': `const tag = async (strings, ...values) => strings.raw.join('|') + (await Promise.all(values)).join('-'); return await tag\`a\${job('x')}b\${client.ready}c\${3}\`;`,
  'memoize of lodash': `const memo = memoize(async (k) => [k, await job(k)]); return [await memo('a'), await memo('a'), await memo('b'), await Promise.all([memo('a'), memo('b')])];`,
  'errors in a loop': `const out = []; for (const x of [1, 2, 3]) { try { if (x === 2) await fails(x); out.push(await job(x)); } catch (e) { out.push(e.name, await client.ready); continue; } finally { out.push(await job('f' + x)); } } return out;`,
  'a generator that is fed': `const it = (function* () { const a = yield job('a'); const b = yield client.ready; return [a, b]; })(); let r = it.next(); while (!r.done) r = it.next(await r.value); return r.value;`,
  'a context': `const ctx = { user: undefined }; const withUser = async (fn) => { ctx.user = await job('user'); try { return await fn(ctx); } finally { ctx.user = undefined; } }; const a = await withUser(async ({ user }) => user + (await job('x'))); return [a, ctx.user];`,
  'a tree': `const tree = { v: 1, kids: [{ v: 2, kids: [] }, { v: 3, kids: [{ v: 4, kids: [] }] }] }; const sum = async (n) => Number(await job(n.v)) + (await Promise.all(n.kids.map(sum))).reduce((a, b) => a + b, 0); return await sum(tree);`,
  'a class with a cache': `class Repo extends Base { cache = {}; async find(k) { return (this.cache[k] ??= await this.ask(k)); } get warm() { return this.up; } } const r = new Repo(); return [await r.find('a'), await r.find('a'), await r.warm, await r.up];`,
  'once of lodash': `const once1 = once(() => job('once')); const fns = [once1, once1, async () => client.ready]; return await Promise.all(fns.map((f) => f()));`,
  'records in a Map': `const m = new Map(); for (const k of ['a', 'b']) m.set(k, { p: k === 'a' ? client.ready : job(k), at: k }); const out = []; for (const [k, { p, at }] of m) out.push(k, await p, at); return out;`,
  'a lock': `const sem = { n: 1, w: [] }; const lock = async (fn) => { while (sem.n === 0) await new Promise((r) => sem.w.push(r)); sem.n--; try { return await fn(); } finally { sem.n++; sem.w.shift()?.(); } }; return await Promise.all(['a', 'b', 'c'].map((x) => lock(() => job(x))));`,
  'promises that closures choose': `const pick = async (cond) => (cond ? client.ready : job('other')); const x = await pick(true); const y = await pick(false); const z = await (x === 'ready' ? BOOT : client.ready); return [x, y, z];`,
  'a mapper with promises': `const parts = await pMap(['a', 'b', client.ready], async (x) => [await x, await job('m')], { concurrency: 1 }); return parts;`,
  'a generator that is left': `const stream = async function* (n) { for (let i = 0; i < n; i++) yield i % 2 ? client.ready : job(i); }; const take = async (it, k) => { const out = []; for await (const x of it) { out.push(x); if (out.length === k) break; } return out; }; return await take(stream(5), 3);`,
  attempts: `let retries = 0; const retry = async (fn) => { for (;;) { try { return await fn(); } catch (e) { if (++retries > 2) throw e; await new Promise((r) => setTimeout(r, 1)); } } }; try { await retry(() => fails('r')); } catch (e) { return [retries, e.message]; }`,
  'deferred promises': `const deferred = () => { const d = {}; d.promise = new Promise((res, rej) => Object.assign(d, { res, rej })); return d; }; const ds = [deferred(), deferred()]; const l = [ds[0].promise, client.ready, ds[1].promise]; (async () => { ds[1].res(await job('one')); ds[0].res(await job('zero')); })(); return await Promise.all(l);`,
  'a list that is emptied': `const all = [client.ready, ...[1, 2].map((n) => job(n)), ...client.list]; const out = []; while (all.length) out.push(await all.shift()); return out;`,
  'presets of patterns': `const [a = job('default'), b = client.ready] = [undefined, undefined]; const { c = BOOT } = {}; return [await a, await b, await c];`,
  'presets of parameters': `const load = async ({ id, dep = client.ready }) => [id, await dep]; return [await load({ id: 1 }), await load({ id: 2, dep: job('dep') })];`,
  'chains of one promise': `const p = client.ready; const q = p.then((x) => x + '!').finally(() => job('fin')); return [await p, await q, await client.lazy, await client.lazy];`,
  'p-memoize': `const memo = pMemoize(async (k) => [k, await job(k), await client.ready]); return [await memo('a'), await memo('a'), await Promise.all([memo('b'), memo('b')])];`,
  'memoize-one': `let calls = 0; const memo = memoizeOne(async (k) => { calls++; return job(k); }); return [await memo('a'), await memo('a'), await memo('b'), calls];`,
  'nested durable functions': `const one = await nested(1); const [two, three] = await Promise.all([nested(2), nested(3)]); return [one, two, three, await client.ready];`,
  'a durable function in a list': `const out = []; for (const fn of [nested, async (x) => job(x)]) out.push(await fn('a')); out.push(...(await Promise.all([1, 2].map(nested)))); return out;`,
  'a member by a computed name': `const k = 'ready'; const a = await client[k]; const b = await client['ready']; const c = await client.ready; return [a, b, c];`,
  'optional members': `const a = await client?.ready; const b = await client.none?.x; const c = await (client.none?.x ?? client.ready); return [a, b, c];`,
  'a promise of the module in a class field': `class K { ready = client.ready; static boot = BOOT; async all() { return [await this.ready, await K.boot, await client.ready]; } } return await new K().all();`,
  'an async function that returns one': `const get = async () => { await job('g'); return client.ready; }; return [await get(), await client.ready, await get()];`,
  'one that is compared': `const p = client.ready; const same = p === client.ready; return [same, await p, await client.ready];`,
  'one in a closure that is called by a package': `return await pMap([1, 2, 3], async (n) => [n, await client.ready, await job(n)], { concurrency: 2 });`,
  'one in a default of a closure': `const go = async (p = client.ready) => [await p, await job('x')]; return [await go(), await go(job('y')), await go()];`,
  'a race with one': `const w = await Promise.race([job('slow', 30), client.ready]); await job('x'); return [w, await client.ready];`,
  'any with one': `const w = await Promise.any([fails('a'), client.ready]); return [w, await BOOT];`,
  'one in a switch': `let v; switch (await job('k')) { case 'k': v = client.ready; break; default: v = job('d'); } await job('x'); return [await v, await client.ready];`,
  'one in a ternary in a list': `const l = [1, 2].map((n) => (n === 1 ? client.ready : job(n))); const out = []; for (const p of l) { out.push(await p); await job('b'); } return out;`,
  'one that is passed to a closure': `const twice = async (p) => { const a = await p; await job('t'); return [a, await p]; }; return [await twice(client.ready), await twice(job('o'))];`,
  'one in Object.values': `const o = { a: client.ready, b: job('b') }; const out = []; for (const p of Object.values(o)) out.push(await p); await job('x'); return [...out, await o.a];`,
  'one in a Map by an initializer': `const m = new Map([['a', client.ready], ['b', job('b')]]); const out = []; for (const p of m.values()) { out.push(await p); await job('x'); } return out;`,
  'one by reduce': `return await [client.ready, BOOT, job('j')].reduce(async (acc, p) => [...(await acc), await p, await job('r')], []);`,
  'one by a tail of a list': `const [head, ...tail] = [client.ready, ...client.list, job('z')]; const out = [await head]; await job('x'); for (const p of tail) out.push(await p); return out;`,
  'one by flat': `const out = await Promise.all([[client.ready], [job('a'), BOOT]].flat()); await job('x'); return out;`,
  'one by concat': `const l = [job('a')].concat(client.list, [client.ready]); const out = await Promise.all(l); await job('x'); return out;`,
  'one by flat of a list of the module': `const l = [client.list, [job('a')]].flat(); const out = await Promise.all(l); await job('x'); return out;`,
  'one by concat in a loop': `const out = []; for (const p of [job('a')].concat(client.list)) out.push(await p); await job('x'); return out;`,
  'one in a nested object': `const o = { deep: { ready: client.ready, own: job('own') } }; const { deep: { ready } } = o; const a = await ready; await job('x'); return [a, await o.deep.own, await o.deep.ready];`,
  'one in a WeakMap': `const key = {}; const w = new WeakMap(); w.set(key, client.ready); const a = await w.get(key); await job('x'); return [a, await w.get(key)];`,
  'one that is assigned by ??=': `let p; p ??= client.ready; const a = await p; await job('x'); p = undefined; p ??= job('y'); return [a, await p];`,
  'one in an async iterator object': `const it = { async *[Symbol.asyncIterator]() { yield client.ready; yield job('y'); yield await BOOT; } }; const out = []; for await (const v of it) { out.push(v); await job('b'); } return out;`,
  'one with all settled twice': `const [a] = await Promise.allSettled([client.ready]); await job('x'); const [b] = await Promise.allSettled([client.ready, fails('f')]); return [a.value, b.value];`,
  'one in a finally': `try { await fails('x'); } catch { return await client.ready; } finally { await client.ready; await job('fin'); }`,
  'one in a labelled loop': `const out = []; outer: for (const x of [1, 2]) { for (const p of client.list) { out.push(await p); await job(x); if (x === 1) continue outer; } } return out;`,
};

const fixtureOf = (name: string, code: string): Fixture => ({
  name: `ordinary-${name.replace(/\W+/g, '-')}`,
  file: 'input.js',
  folder: '',
  source: `${modules}export async function main() {\n  'use durable';\n  ${code}\n}\n`,
});

const EMITTERS = [['text', emitThroughText], ...(FULL ? ([['ast', emitThroughAst]] as const) : [])] as const;

const resultOf = (outcome: PromiseSettledResult<unknown>): unknown =>
  outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason);

describe('means the same, whenever it is killed', () => {
  it.each(sample(Object.entries(programs), 2))('%s', async (name, code) => {
    const fixture = fixtureOf(name, code);
    const plain = await load(fixture, 'plain', emitPlain(fixture));
    takeEffects();
    const [expected] = await Promise.allSettled([(plain.main as AnyFunction)()]);
    const effects = takeEffects().sort();
    for (const [kind, emit] of EMITTERS) {
      const { main } = await load(fixture, kind, emit(fixture));
      const whole = await crashEverywhere(main as AnyFunction, [], {
        order: 'any',
        ...(FULL ? {} : { crashes: 2 }),
      });
      expect(resultOf(whole.outcome)).toEqual(resultOf(expected!));
      expect(whole.effects.map((effect) => effect.name).sort()).toEqual(effects);
      expect(whole.effects.filter(({ key }) => key === undefined)).toEqual([]);
    }
  });
});

describe('keeps what is recorded of promises of the module', () => {
  it.each(sample(Object.entries(programs), 3))('%s', async (name, code) => {
    const fixture = fixtureOf(name, code);
    const { main, restart } = await load(fixture, 'again', emitThroughText(fixture));
    const whole = await execute(main as AnyFunction);
    for (let count = 1; count < whole.events.length; count++) {
      (restart as () => void)();
      const prefix = whole.events.slice(0, count);
      const { outcome } = await recover(prefix);
      expect(outcome.status, String(resultOf(outcome))).toBe(whole.outcome.status);
      const result = JSON.stringify(resultOf(outcome));
      for (const one of madeIn(prefix)) {
        const others = result
          .match(new RegExp(`${one.slice(0, -1)}\\d+`, 'g'))
          ?.filter((other) => other !== one);
        expect(others ?? [], `${one} behind event ${count - 1} in ${result}`).toEqual([]);
      }
    }
  });
});

/** The values of promises of the first process in a journal. */
const madeIn = (events: readonly JournalEvent[]): ReadonlySet<string> =>
  new Set(JSON.stringify(events).match(/(ready|boot|first|last|up)1\b/g) ?? []);
