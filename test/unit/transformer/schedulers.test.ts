import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { transform } from '../../../transformer/index.ts';
import { crashEverywhere, execute } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/** What packages that only call closures can't do in the workflow is refused when it is tried, before anything is called. */
const head = `import pLimit from 'p-limit';
import pMap from 'p-map';
import PQueue from 'p-queue';
import { effect, later } from '../../support/effects.ts';
async function charge(n) { effect('charge ' + n); return later(1, n); }
const callsBack = (n, done) => { effect('calls back'); done(null, n); };
const query = () => ({ then: (done) => { effect('query'); done('rows'); } });
async function* rows() { effect('rows'); yield 1; }
const options = { concurrency: 1, timeout: 1000 };
let kept;
`;

async function mainOf(name: string, kind: 'text' | 'ast', code: string): Promise<AnyFunction> {
  const source = `${head}export async function main() {\n'use durable';\n${code}\n}\n`;
  const fixture = { name: `schedulers-${name.replaceAll(' ', '-')}`, file: 'input.js', folder: '', source };
  const emit = kind === 'text' ? emitThroughText : emitThroughAst;
  return (await load(fixture, kind, emit(fixture))).main as AnyFunction;
}

const kinds = ['text', 'ast'] as const;

describe.each(kinds)('refused in the workflow (%s)', (kind) => {
  it.each([
    [
      'a timeout of one call',
      'const queue = new PQueue(); await queue.add(() => charge(1), { timeout: 10 });',
      /timer of its own.*withPolicy/,
    ],
    [
      'a timeout that is set later',
      'const queue = new PQueue(); queue.timeout = 10; await queue.add(() => charge(1));',
      /timer of its own/,
    ],
    [
      'a thenable in a list',
      'await pMap([query()], (rows) => charge(rows));',
      /isn't a promise, such as a query/,
    ],
    [
      'a thenable in a Set',
      'await pMap(new Set([query()]), (rows) => charge(rows));',
      /isn't a promise, such as a query/,
    ],
    ['an iterable from elsewhere', 'await pMap(rows(), (n) => charge(n));', /async iterable from outside/],
    [
      'a function that calls back',
      'const limit = pLimit(1); await limit(callsBack, 1, () => {});',
      /with a function to call back/,
    ],
  ])('%s', async (name, code, message) => {
    const { outcome, effects } = await execute(await mainOf(name, kind, code));
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'MISUSE' } });
    expect((outcome as PromiseRejectedResult).reason.message).toMatch(message);
    expect(effects).toEqual([]);
  });

  it('one that another run made', async () => {
    const main = await mainOf(
      'of another run',
      kind,
      'kept ??= pLimit(1); const limit = kept; return await limit(async () => charge(1));',
    );
    expect((await execute(main)).outcome).toEqual({ status: 'fulfilled', value: 1 });
    const { outcome, effects } = await execute(main);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'MISUSE' } });
    expect((outcome as PromiseRejectedResult).reason.message).toMatch(/one run made was used by another/);
    expect(effects).toEqual([]);
  });
});

describe.each(kinds)('functions that are not written in the body (%s)', (kind) => {
  it('are steps, each call of them', async () => {
    const main = await mainOf(
      'foreign',
      kind,
      `const limit = pLimit(1);
      const each = await Promise.all([limit(charge, 1), limit(charge, 2)]);
      return [each, await pMap(new Map([[1, charge]]), ([n, f]) => n), await pMap([3, 4], charge)];`,
    );
    const { outcome, effects } = await crashEverywhere(main, [], { order: 'any' });
    expect(outcome).toEqual({ status: 'fulfilled', value: [[1, 2], [1], [3, 4]] });
    expect(effects.map(({ name, key }) => [name, key])).toEqual([
      ['charge 1', 'limit'],
      ['charge 2', 'limit#2'],
      ['charge 3', 'pMap#2'],
      ['charge 4', 'pMap#2[1]'],
    ]);
  });

  it('are called outside of every run as in plain code', async () => {
    const main = await mainOf('through', kind, 'const f = pLimit(1); return await f(charge, 1);');
    expect((await execute(main)).outcome).toEqual({ status: 'fulfilled', value: 1 });
  });
});

describe('what is known to the compiler', () => {
  const compiled = (source: string): string => transform(source, { fileName: 'input.js' }).code;
  const durable = (imports: string, body: string): string =>
    compiled(`${imports}\nexport async function main() {\n'use durable';\n${body}\n}\n`);
  const scheduled = /\$\.scheduler\.(call|method|optional)/;

  it.each([
    ["import pMap from 'p-map';", 'await pMap(xs, f);'],
    ["import { default as each } from 'p-map';", 'await each(xs, f);'],
    ["import * as p from 'p-map';", 'await p.default(xs, f);'],
    ["const pMap = require('p-map');", 'await pMap(xs, f);'],
    ["const { default: pMap } = require('p-map');", 'await pMap(xs, f);'],
    ["const { mapLimit } = require('async');", 'await mapLimit(xs, 2, f);'],
    ["import async from 'async';", 'await async.mapLimit(xs, 2, f);'],
    ["import pMap from 'p-map';\nconst each = pMap;", 'await each(xs, f);'],
    ['', "const { default: pMap } = await import('p-map'); await pMap(xs, f);"],
    ['', "const m = await import('p-map'); await m.default(xs, f);"],
    ['', "const pMap = (await import('p-map')).default; await pMap(xs, f);"],
    ["import { Mutex } from 'async-mutex';", 'const m = new Mutex(); await m?.runExclusive(f);'],
    [
      "import { PromisePool } from '@supercharge/promise-pool';",
      'await PromisePool.for(xs).withConcurrency(2).process(f);',
    ],
  ])('%s %s', (imports, body) => {
    expect(durable(imports, body)).toMatch(scheduled);
  });

  it.each([
    ["import pLimit from 'p-limit';\nconst limit = pLimit(1);", 'await limit(f);'],
    [
      "import PQueue from 'p-queue';",
      'const q = new PQueue({ interval: 5, intervalCap: 1 }); await q.add(f);',
    ],
    ["import PQueue from 'p-queue';", 'const q = new PQueue(options); await q.add(f);'],
    ["import async from 'async';", 'await async.retry(3, f);'],
    [
      "import { PromisePool } from '@supercharge/promise-pool';",
      'await PromisePool.withTaskTimeout(5).for(xs).process(f);',
    ],
    ["import pMap from './p-map.js';", 'await pMap(xs, f);'],
  ])('but not %s %s', (imports, body) => {
    expect(durable(imports, body)).not.toMatch(scheduled);
  });
});
