import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lock } from '../../../../cli/lock/lock.ts';
import { NoProjectError } from '../../../../cli/project/project.ts';
import { compileFile } from '../../../../transformer/index.ts';
import { itInFull } from '../../../support/tier.ts';
import { CHARGE, type Files, folderOf, manifestOf, ORDER, read, write } from '../support/folders.ts';

const LOCK = 'durable.lock.json';
const FILE = 'src/order.ts';
const TWO = ORDER.replace('return await charge(n);', 'await charge(1);\n  return await charge(n);');
const THREE = TWO.replace('await charge(1);', 'await charge(0);\n  await charge(1);');

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => vi.restoreAllMocks());

const shop = (more: Files = {}): string =>
  folderOf({
    'package.json': manifestOf(),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
      },
    }),
    [FILE]: TWO,
    'src/charge.ts': CHARGE,
    ...more,
  });

const json = (root: string, options = {}) => {
  printed = [];
  const code = lock(root, { ...options, json: true });
  return {
    code,
    ...(JSON.parse(printed.join('\n')) as {
      locks: { state: string; changes: { kind: string; what: string }[]; problem?: string }[];
    }),
  };
};
const ids = (root: string, at = 0): unknown => {
  const path = join(root, FILE);
  const { functions, diagnostics } = compileFile(read(root, FILE), path);
  return diagnostics.length > 0
    ? diagnostics.map(({ code }) => code)
    : functions.at(at)?.steps.map(({ id }) => id);
};

describe('durable lock', () => {
  it('writes what every build writes, once', () => {
    const root = shop();
    expect(json(root)).toMatchObject({ code: 0, locks: [{ state: 'written', changes: [{ kind: 'new' }] }] });
    const text = read(root, LOCK);
    expect(json(root)).toMatchObject({ code: 0, locks: [{ state: 'up to date', changes: [] }] });
    rmSync(join(root, LOCK));
    compileFile(TWO, join(root, FILE), { lock: 'write' });
    expect(read(root, LOCK)).toBe(text);
  });

  it('keeps ids, and says what is new, changed and gone', () => {
    const root = shop();
    lock(root, {});
    write(root, FILE, THREE);
    expect(ids(root)).toEqual(['UD1018']);
    expect(json(root, { check: true })).toMatchObject({
      code: 1,
      locks: [{ state: 'out of date', changes: [{ kind: 'new', what: 'charge#3, charge(0)' }] }],
    });
    expect(json(root).code).toBe(0);
    expect(ids(root)).toEqual(['charge#3', 'charge', 'charge#2']);
    write(root, FILE, TWO.replace('await charge(1);', 'await charge(7);'));
    expect(json(root).locks[0]!.changes).toEqual(
      expect.arrayContaining([
        { fn: 'shop/src/order.ts#order', kind: 'gone', what: 'charge#3, charge(0)' },
        { fn: 'shop/src/order.ts#order', kind: 'gone', what: 'charge, charge(1)' },
        { fn: 'shop/src/order.ts#order', kind: 'new', what: 'charge#4, charge(7)' },
      ]),
    );
    lock(root, { prune: true });
    expect(read(root, LOCK)).not.toContain('retired');
  });

  it('does without a lock where there is nothing durable, and misses one where there is', () => {
    const bare = shop({ [FILE]: 'export {};\n' });
    expect(json(bare)).toMatchObject({ code: 0, locks: [] });
    expect(json(shop(), { check: true })).toMatchObject({ code: 1, locks: [{ state: 'missing' }] });
    expect(() => lock(join(bare, 'src'), {})).toThrow(NoProjectError);
  });

  it('puts the sides of a merge together, and nothing else', () => {
    const root = shop();
    lock(root, {});
    const base = read(root, LOCK).split('\n');
    const line = base.findIndex((one) => one.includes('"id":"charge#2"'));
    const withLine = (source: string): string => {
      write(root, FILE, source);
      write(root, LOCK, base.join('\n'));
      lock(root, {});
      return read(root, LOCK)
        .split('\n')
        .find((one) => one.includes('"id":"charge#3"'))!;
    };
    const ours = withLine(TWO.replace('return', 'await charge(8);\n  return'));
    const theirs = withLine(TWO.replace('return', 'await charge(9);\n  return'));
    write(root, FILE, TWO.replace('return', 'await charge(8);\n  await charge(9);\n  return'));
    const conflict = [
      ...base.slice(0, line),
      '<<<<<<< HEAD',
      ours,
      '=======',
      theirs,
      '>>>>>>> other',
      ...base.slice(line),
    ];
    write(root, LOCK, conflict.join('\n'));
    expect(json(root, { check: true })).toMatchObject({
      code: 1,
      locks: [{ state: 'damaged', problem: `${LOCK}:${line + 1}: a merge has left its conflict markers` }],
    });
    expect(ids(root)).toEqual(['UD1017']);
    expect(read(root, LOCK)).toBe(conflict.join('\n'));
    expect(json(root).code).toBe(0);
    expect(ids(root)).toEqual(['charge', 'charge#3', 'charge#4', 'charge#2']);
  });

  it.each([
    ['truncated', (text: string) => text.slice(0, -30), /ends too early/],
    ['edited by hand', (text: string) => text.replace('charge(1)', 'charge(2)'), /edited by hand/],
    ['of a newer version', (text: string) => text.replace('"format": 1', '"format": 9'), /format 9/],
    ['of another type', () => '"lock"', /no lock/],
  ])('writes nothing over a lock that is %s', (_, damage, problem) => {
    const root = shop({ 'packages/other/package.json': '{"name":"other"}', 'packages/other/a.ts': ORDER });
    lock(root, {});
    const damaged = damage(read(root, LOCK));
    write(root, LOCK, damaged);
    write(root, 'packages/other/a.ts', TWO);
    const other = read(root, `packages/other/${LOCK}`);
    const result = json(root);
    expect(result.code).toBe(1);
    expect(result.locks[0]).toMatchObject({ state: 'damaged', problem: expect.stringMatching(problem) });
    expect([read(root, LOCK), read(root, `packages/other/${LOCK}`)]).toEqual([damaged, other]);
  });

  it.each([
    ['behind it', 0, (now: string, kept: string) => ({ [FILE]: `${now}\n${kept}` })],
    ['before it', -1, (now: string, kept: string) => ({ [FILE]: `${kept}\n${now}` })],
    [
      'in another file',
      0,
      (now: string, kept: string) => ({
        [FILE]: now,
        'src/put-aside.ts': kept
          .replace('version 1 of order', 'as order version 1')
          .replace('orderV1', 'old'),
      }),
    ],
  ])('keeps a function of which an old version is %s', (_, at, filesOf) => {
    const named = (source: string): string => source.replace("'use durable'", "'use durable as order'");
    const root = shop({ [FILE]: named(TWO) });
    lock(root, {});
    // The lock gives the calls ids that the code alone would not.
    write(root, FILE, named(THREE));
    lock(root, {});
    const before = ids(root);
    expect(before).toEqual(['charge#3', 'charge', 'charge#2']);
    const kept = TWO.replace(/order\(/, 'orderV1(').replace(
      "'use durable'",
      "'use durable version 1 of order'",
    );
    for (const [file, text] of Object.entries(filesOf(named(THREE), kept))) write(root, file, text);
    lock(root, {});
    expect(read(root, LOCK)).toContain('"fn": "order version 1"');
    expect(read(root, LOCK)).toContain('"fn": "order",');
    expect(json(root, { check: true })).toMatchObject({ code: 0, locks: [{ state: 'up to date' }] });
    expect(ids(root, at)).toEqual(before);
  });

  itInFull('keeps what it has of files with errors', () => {
    const root = shop();
    lock(root, {});
    const text = read(root, LOCK);
    for (const broken of [
      TWO.replace('async ', ''),
      `${TWO}}`,
      TWO.replace("'use durable'", "'use durabel'"),
    ]) {
      write(root, FILE, broken);
      expect(json(root).code).toBe(1);
      expect(read(root, LOCK)).toBe(text);
    }
  });

  itInFull('writes one lock for each package', () => {
    const root = shop({ 'packages/api/package.json': '{"name":"api"}', 'packages/api/src/a.ts': TWO });
    expect(json(root).locks.map(({ state }) => state)).toEqual(['written', 'written']);
    expect(read(root, `packages/api/${LOCK}`)).toContain('"fn": "api/src/a.ts#order"');
    expect(read(root, LOCK)).not.toContain('api');
  });

  itInFull('knows files that are renamed, and functions that are gone', () => {
    const root = shop();
    lock(root, {});
    mkdirSync(join(root, 'src/orders'));
    renameSync(join(root, FILE), join(root, 'src/orders/order.ts'));
    write(root, 'src/orders/order.ts', THREE.replace('./charge', '../charge'));
    lock(root, {});
    expect(read(root, LOCK)).toContain('"fn": "shop/src/orders/order.ts#order"');
    expect(read(root, LOCK)).not.toContain('"fn": "shop/src/order.ts#order"');
    expect(read(root, LOCK)).toContain('{"id":"charge#3"');
    rmSync(join(root, 'src/orders/order.ts'));
    expect(json(root).locks[0]!.changes).toMatchObject([{ kind: 'gone', what: 'the function is gone' }]);
    expect(read(root, LOCK)).toContain('retired');
    lock(root, { prune: true });
    expect(JSON.parse(read(root, LOCK))).toEqual({ format: 1, functions: [] });
  });
});
