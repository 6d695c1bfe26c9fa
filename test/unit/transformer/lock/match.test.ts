import { describe, expect, it } from 'vitest';
import type { LockedFunction, LockedScope, LockedSite } from '../../../../transformer/base/locked.ts';
import { align } from '../../../../transformer/lock/align.ts';
import { type CodeScope, type CodeSite, match, NewIds } from '../../../../transformer/lock/match.ts';

/** `charge=a@if.then`: an id, or the name of a callee, with its fingerprint and the constructs around it. */
const PARTS = /^([^=]+)=([^@]*)@?(.*)$/;

const locked = (sites: string, retired = '', scopes: readonly LockedScope[] = []): LockedFunction => ({
  fn: 'f',
  version: 'v',
  sites: sitesOf(sites),
  scopes,
  retired: sitesOf(retired),
});

const sitesOf = (text: string): readonly LockedSite[] =>
  words(text).map(([id = '', print = '', path = '']) => ({ id, kind: 'step', print, path, call: '' }));
const codeOf = (text: string): readonly CodeSite[] =>
  words(text).map(([name = '', print = '', path = '']) => ({
    name,
    kind: 'step',
    print,
    path,
    scope: undefined,
  }));
const words = (text: string): readonly string[][] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => PARTS.exec(word)!.slice(1));

/** The ids that the code gets; `?` is new. */
const ids = (old: LockedFunction, code: string): string =>
  match(old, codeOf(code), [])
    .sites.map((id) => id ?? '?')
    .join(' ');

describe('sites', () => {
  it.each([
    ['the same calls', 'f=a f#2=b g=c', 'f=a f=b g=c', 'f f#2 g'],
    ['one inserted before', 'f=a f#2=b', 'f=x f=a f=b', '? f f#2'],
    ['one inserted between', 'f=a f#2=b', 'f=a f=x f=b', 'f ? f#2'],
    ['one removed', 'f=a f#2=b f#3=c', 'f=b f=c', 'f#2 f#3'],
    ['two exchanged', 'f=a f#2=b', 'f=b f=a', 'f#2 f'],
    ['three in another order', 'f=a f#2=b f#3=c', 'f=c f=a f=b', 'f#3 f f#2'],
    ['another name for the callee', 'f=a f#2=b', 'g=a g=b', 'f f#2'],
    ['moved into a construct', 'f=a f#2=b', 'f=b f=a@if.then', 'f#2 f'],
    ['like calls: those in the same construct', 'f=a f#2=a@for', 'f=a f=a@while f=a@for', 'f ? f#2'],
    ['like calls among others', 'f=a g=x f#2=a', 'f=a f=a g=x f=a', 'f ? g f#2'],
    ['one argument changed', 'f=a f#2=b', 'f=a f=x', 'f f#2'],
    ['all arguments changed, each at its place', 'f=a g=b f#2=c', 'f=x g=b f=y', 'f g f#2'],
    [
      'arguments changed in different constructs',
      'f=a@if.then f#2=b@if.else',
      'f=x@if.then f=y@if.else',
      'f f#2',
    ],
    ['as many at one place, all changed: in order, and runs are blocked', 'f=a f#2=b', 'f=x f=y', 'f f#2'],
    ['one changed or inserted at one place: nobody knows', 'f=a', 'f=x f=y', '? ?'],
    ['one changed or removed at one place: nobody knows', 'f=a f#2=b', 'f=x', '?'],
    ['one changed here, one inserted there', 'f=a g=b', 'f=x g=b f=y', 'f g ?'],
    ['another callee is another call', 'f=a', 'g=x', '?'],
    ['inside and outside of since are two calls', 'f=a', 'f#fraud=a@if.then f=a@if.else', '? f'],
    ['a since that is left alone', 'f#fraud=a f=b', 'f=a', 'f#fraud'],
  ])('%s', (_, old, now, expected) => {
    expect(ids(locked(old), now)).toBe(expected);
  });

  it('get their retired ids back, and no others do', () => {
    expect(ids(locked('f=a', 'f#2=b'), 'f=b f=a f=x')).toBe('f#2 f ?');
  });

  it('of other kinds are others', () => {
    const code = codeOf('sleep=a').map((site) => ({ ...site, kind: 'sleep' }));
    expect(match(locked('sleep=a'), code, []).sites).toEqual([undefined]);
    const call = codeOf('f=a').map((site) => ({ ...site, kind: 'call' }));
    expect(match(locked('f=a'), call, []).sites).toEqual(['f']);
  });

  it('can be thousands, all of them others', () => {
    const many = (prefix: string): string =>
      Array.from({ length: 3000 }, (_, at) => `f=${prefix}${at}`).join(' ');
    const old = locked(Array.from({ length: 3000 }, (_, at) => `f#${at + 2}=a${at}`).join(' '));
    expect(ids(old, `${many('b')} f=c`)).toBe(Array(3001).fill('?').join(' '));
    const reversed = many('a').split(' ').reverse().join(' ');
    expect(ids(old, reversed).split(' ')[0]).toBe('f#3001');
  });
});

describe('scopes', () => {
  const scope = (id: string, print: string, more = {}): LockedScope => ({ scope: id, print, ...more });
  const inScope = (text: string, scopes: readonly (string | undefined)[]): readonly LockedSite[] =>
    sitesOf(text).map((site, at) => ({ ...site, ...(scopes[at] !== undefined && { in: scopes[at] }) }));
  const scopeIds = (
    old: LockedFunction,
    code: readonly CodeScope[],
    sites = '',
    around: readonly (number | undefined)[] = [],
  ): readonly (string | undefined)[] =>
    match(
      old,
      codeOf(sites).map((site, at) => ({ ...site, scope: around[at] })),
      code,
    ).scopes;

  it('with the same code keep their ids, whatever their names', () => {
    const old = locked('', '', [scope('each', 'p'), scope('map', 'q')]);
    const code = [
      { name: 'items.map', print: 'q' },
      { name: 'every', print: 'p' },
    ];
    expect(scopeIds(old, code)).toEqual(['map', 'each']);
  });

  it('with other code are those of their calls', () => {
    const old = { ...locked('', '', [scope('each', 'p')]), sites: inScope('f=a g=b', ['each', 'each']) };
    expect(scopeIds(old, [{ name: 'every', print: 'x' }], 'f=a g=b', [0, 0])).toEqual(['each']);
    // The closure was divided.
    const parts = [
      { name: 'one', print: 'x' },
      { name: 'two', print: 'y' },
    ];
    expect(scopeIds(old, parts, 'f=a g=b', [0, 1])).toEqual([undefined, undefined]);
    // Two closures are one now.
    const two = {
      ...locked('', '', [scope('one', 'p'), scope('two', 'q')]),
      sites: inScope('f=a g=b', ['one', 'two']),
    };
    expect(scopeIds(two, [{ name: 'both', print: 'x' }], 'f=a g=b', [0, 0])).toEqual([undefined]);
  });

  it('with other code and no known calls are those of their name, if there are as many', () => {
    const old = locked('', '', [scope('map', 'p'), scope('map#2', 'q')]);
    const code = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ name: 'map', print: `x${at}` }));
    expect(scopeIds(old, code(2))).toEqual(['map', 'map#2']);
    expect(scopeIds(old, code(3))).toEqual([undefined, undefined, undefined]);
  });
});

describe('new ids', () => {
  it('are those of nothing that the lock knows', () => {
    const fresh = new NewIds(['f', 'f#3']);
    expect(['f', 'f', 'g', 'f'].map((name) => fresh.next(name))).toEqual(['f#2', 'f#4', 'g', 'f#5']);
  });
});

describe('an alignment', () => {
  it('has the highest sum of scores of all that cross nowhere', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % below;
    };
    const best = (rows: number, columns: number, score: (o: number, n: number) => number): number =>
      rows === 0 || columns === 0
        ? 0
        : Math.max(
            best(rows - 1, columns, score),
            best(rows, columns - 1, score),
            score(rows - 1, columns - 1) === 0
              ? 0
              : score(rows - 1, columns - 1) + best(rows - 1, columns - 1, score),
          );
    for (let round = 0; round < 300; round++) {
      const [rows, columns] = [random(6), random(6)];
      // Ends that are the same are paired first, so they are worth as much as can be.
      const table = Array.from({ length: 36 }, () => (random(3) === 0 ? 2 : 0));
      const score = (o: number, n: number): number => table[o * 6 + n]!;
      const pairs = align(rows, columns, score);
      expect(pairs.reduce((sum, [o, n]) => sum + score(o, n), 0)).toBe(best(rows, columns, score));
      for (const [at, [o, n]] of pairs.entries()) {
        expect(score(o, n)).toBeGreaterThan(0);
        const [before, beforeNow] = pairs[at - 1] ?? [-1, -1];
        expect(o > before && n > beforeNow).toBe(true);
      }
    }
  });
});
