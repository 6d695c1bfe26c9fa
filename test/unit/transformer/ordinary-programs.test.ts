import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definitions.ts';
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
  it.each(Object.entries(programs))('%s', async (name, code) => {
    const fixture = fixtureOf(name, code);
    const plain = await load(fixture, 'plain', emitPlain(fixture));
    takeEffects();
    const [expected] = await Promise.allSettled([(plain.main as AnyFunction)()]);
    const effects = takeEffects().sort();
    for (const [kind, emit] of EMITTERS) {
      const { main } = await load(fixture, kind, emit(fixture));
      const whole = await crashEverywhere(main as AnyFunction, [], {
        order: 'any',
        ...(FULL ? {} : { crashes: 3 }),
      });
      expect(resultOf(whole.outcome)).toEqual(resultOf(expected!));
      expect(whole.effects.map((effect) => effect.name).sort()).toEqual(effects);
      expect(whole.effects.filter(({ key }) => key === undefined)).toEqual([]);
    }
  });
});

describe('keeps what is recorded of promises of the module', () => {
  it.each(sample(Object.entries(programs), 2))('%s', async (name, code) => {
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
