import { describe, expect, it } from 'vitest';
import type { Lock, LockedFunction, LockedSite } from '../../../../transformer/base/locked.ts';
import { lockText, readLockText } from '../../../../transformer/lock/lock-text.ts';
import { mergedLock } from '../../../../transformer/lock/merge-lock.ts';

const site = (id: string, more: Partial<LockedSite> = {}): LockedSite => ({
  id,
  kind: 'step',
  print: `print of ${id}`,
  path: '',
  call: `${id}()`,
  ...more,
});

const fn = (name: string, more: Partial<LockedFunction> = {}): LockedFunction => ({
  fn: `shop/src/order.ts#${name}`,
  version: 'v1',
  sites: [
    site('charge'),
    site('say', { path: 'for/closure', in: 'each', rounds: ['a', 'b'], call: 'say("{\\"id\\":1}")' }),
    site('charge#2', { name: 'c' }),
  ],
  scopes: [{ scope: 'each', print: 'p', name: 'every' }],
  retired: [site('old'), { scope: 'gone', print: 'g' }],
  ...more,
});

const lockOf = (...functions: readonly LockedFunction[]): Lock =>
  new Map(functions.map((one) => [one.fn, one]));
const problemOf = (text: string) => {
  const result = readLockText(text);
  return 'problem' in result ? result.problem : undefined;
};
const TEXT = lockText(lockOf(fn('b'), fn('a', { file: 'src/other.ts' })));
const LINES = TEXT.split('\n');
const lineWith = (part: string): number => LINES.findIndex((line) => line.includes(part)) + 1;
const withLine = (line: number, text: string): string =>
  LINES.map((one, index) => (index === line - 1 ? text : one)).join('\n');

describe('the text of a lock', () => {
  it('is read as it was written, sorted by function, with one line for each site', () => {
    const result = readLockText(TEXT);
    expect(result).toEqual({ lock: lockOf(fn('a', { file: 'src/other.ts' }), fn('b')) });
    expect('lock' in result && lockText(result.lock)).toBe(TEXT);
    expect([...('lock' in result ? result.lock.keys() : [])]).toEqual([fn('a').fn, fn('b').fn]);
    expect(LINES.filter((line) => line.includes('"id":"charge"')).length).toBe(2);
  });

  it('may be empty', () => {
    expect(readLockText(lockText(new Map()))).toEqual({ lock: new Map() });
  });

  it.each([
    ['a byte order mark', `\uFEFF${TEXT}`],
    ['ends of lines of Windows', TEXT.replaceAll('\n', '\r\n')],
    ['the layout of a formatter', JSON.stringify(JSON.parse(TEXT), null, 2)],
    ['no layout', JSON.stringify(JSON.parse(TEXT))],
  ])('may have %s', (_, text) => {
    expect(readLockText(text)).toEqual(readLockText(TEXT));
  });
});

describe('a lock that is damaged', () => {
  const second = lineWith('"id":"charge#2"');
  const cases: readonly (readonly [what: string, text: string, line: number, message: RegExp])[] = [
    [
      'conflict markers',
      withLine(second, `<<<<<<< HEAD\n${LINES[second - 1]}\n=======\n>>>>>>> x`),
      second,
      /conflict markers/,
    ],
    ['a line without its end', withLine(second, LINES[second - 1]!.slice(0, 30)), second, /no JSON/],
    ['no end', LINES.slice(0, second).join('\n'), second, /ends too early/],
    [
      'half a line at the end',
      `${LINES.slice(0, second - 1).join('\n')}\n{"id":"char`,
      second,
      /ends too early/,
    ],
    ['nothing', '', 1, /ends too early/],
    ['another text', 'hello', 1, /ends too early|no JSON/],
    ['a list', '[]', 1, /no lock/],
    ['no format', '{ "functions": [] }', 1, /no "format"/],
    ['a newer format', TEXT.replace('"format": 1', '"format": 2'), 2, /format 2.*knows 1.*install/],
    ['a format of another type', TEXT.replace('"format": 1', '"format": "1"'), 2, /no "format"/],
    ['no functions', '{ "format": 1 }', 1, /no list of "functions"/],
    ['a function without an id', TEXT.replace('"fn"', '"function"'), lineWith('"sites"'), /without "fn"/],
    ['a version of another type', TEXT.replace('"v1"', '1'), lineWith('"fn"'), /"version" .* no text/],
    ['sites of another type', TEXT.replace('"sites": [', '"sites": {}, "x": ['), lineWith('"fn"'), /no list/],
    ['a site of another type', withLine(second, '7,'), second - 1, /a site is expected|no JSON/],
    [
      'a site without its call',
      withLine(second, LINES[second - 1]!.replace(/"call":"[^"]*",/, '')),
      second,
      /"call" is missing/,
    ],
    [
      'a line that was edited by hand',
      withLine(second, LINES[second - 1]!.replace('charge#2', 'charge#3')),
      second,
      /edited by hand/,
    ],
    [
      'a line that is there twice',
      withLine(second, `${LINES[second - 1]},\n${LINES[second - 1]}`),
      second + 1,
      /site charge#2 is listed twice/,
    ],
    ['a comma too much', withLine(second, `${LINES[second - 1]},`), second, /a comma is missing or too much/],
    [
      'no comma',
      withLine(second - 1, LINES[second - 2]!.slice(0, -1)),
      second - 1,
      /a comma is missing or too much/,
    ],
  ];

  it.each(cases)('with %s is told with its line', (_, text, line, message) => {
    const problem = problemOf(text);
    expect(problem?.what).toMatch(message);
    if (line !== second - 1) expect(problem?.line).toBe(line);
  });

  it('with a function that is there twice is told with its line', () => {
    const { functions } = JSON.parse(TEXT) as { functions: unknown[] };
    const text = JSON.stringify({ format: 1, functions: [...functions, functions[0]] }, null, 2);
    expect(problemOf(text)).toMatchObject({ what: expect.stringContaining('listed twice'), isMerge: true });
    expect(text.split('\n')[problemOf(text)!.line - 1]).toContain('"fn"');
  });

  it('finds any other character in a line', () => {
    const text = LINES[second - 1]!;
    for (let at = text.indexOf('charge'); at < text.length - 3; at += 5) {
      const other = text[at] === 'x' ? 'y' : 'x';
      expect(
        problemOf(withLine(second, text.slice(0, at) + other + text.slice(at + 1))),
        text[at],
      ).toBeDefined();
    }
  });

  it('can be large', () => {
    const many = fn('many', { sites: Array.from({ length: 5000 }, (_, at) => site(`say#${at + 2}`)) });
    const text = lockText(lockOf(many));
    expect(readLockText(text)).toEqual({ lock: lockOf(many) });
    expect(problemOf(text.slice(0, -200))?.line).toBeGreaterThan(4990);
  });
});

describe('a merge', () => {
  const merge = (ours: readonly LockedSite[], theirs: readonly LockedSite[]): string => {
    const [a, b] = [ours, theirs].map((sites) => lockText(lockOf(fn('a', { sites }))).split('\n'));
    const start = a!.findIndex((line, index) => line !== b![index]);
    const ends = [...a!].reverse().findIndex((line, index) => line !== b![b!.length - 1 - index]);
    return [
      ...a!.slice(0, start),
      '<<<<<<< HEAD',
      ...a!.slice(start, a!.length - ends),
      '||||||| base',
      '        {"id":"base"}',
      '=======',
      ...b!.slice(start, b!.length - ends),
      '>>>>>>> branch',
      ...a!.slice(a!.length - ends),
    ].join('\n');
  };

  it('is solved by taking the lines of both sides', () => {
    const text = merge([site('a'), site('b'), site('z')], [site('a'), site('c'), site('z')]);
    expect(problemOf(text)).toMatchObject({ line: 9, isMerge: true });
    const merged = mergedLock(text).get(fn('a').fn);
    expect(merged?.sites.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'z']);
    expect(merged?.retired).toEqual(fn('a').retired);
    expect(readLockText(lockText(mergedLock(text)))).toEqual({ lock: mergedLock(text) });
  });

  it('has one call for an id that both sides gave', () => {
    const text = merge(
      [site('a'), site('b', { print: 'ours' })],
      [site('a'), site('b', { print: 'theirs' })],
    );
    expect(
      mergedLock(text)
        .get(fn('a').fn)
        ?.sites.map(({ print }) => print),
    ).toEqual(['print of a', 'ours']);
  });

  it('leaves out lines that were edited by hand', () => {
    const text = merge([site('a'), site('b')], [site('a'), site('c')]).replace('"id":"c"', '"id":"d"');
    expect(
      mergedLock(text)
        .get(fn('a').fn)
        ?.sites.map(({ id }) => id),
    ).toEqual(['a', 'b']);
  });
});
