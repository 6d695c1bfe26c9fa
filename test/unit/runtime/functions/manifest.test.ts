import { describe, expect, it } from 'vitest';
import { compareManifests, type Manifest } from '../../../../runtime/functions/manifest.ts';

/** `say:a say:b if.then|pay:c say:d@x,y`: sites of these names, with these fingerprints, constructs and rounds. */
function manifest(text: string, version: string): Manifest {
  const counts = new Map<string, number>();
  const sites = text
    .split(' ')
    .filter(Boolean)
    .map((word, index) => {
      const [path, site] = word.includes('|') ? word.split('|') : ['', word];
      const [call = '', rounds] = site!.split('@');
      const [name = '', print = ''] = call.split(':');
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const id = count === 1 ? name : `${name}#${count}`;
      const record = { id, kind: 'step', line: index + 1, column: 1, print, path: path! } as const;
      return rounds === undefined ? record : { ...record, rounds: rounds.split(',') };
    });
  return { fn: 'order', file: 'order.ts', version, sites };
}

const compare = (old: string, now: string): string =>
  [...compareManifests(manifest(old, '1'), manifest(now, '2'))]
    .map(([id, { kind, old: was, now: is }]) => `${id} ${kind} ${was.print}>${is.print}`)
    .join(', ');

const table: readonly (readonly [what: string, old: string, now: string, differences: string])[] = [
  ['nothing changed', 'say:a say:b pay:c', 'say:a say:b pay:c', ''],
  ['sites of other names came and went', 'say:a pay:c', 'ship:x say:a', ''],
  ['an argument of the only call', 'say:a', 'say:b', 'say changed a>b'],
  ['an argument of one of two calls', 'say:a say:b', 'say:a say:x', 'say#2 changed b>x'],
  ['an element at the end of a list', 'say:a@p,q', 'say:a@p,q,r', ''],
  ['an element in front of a list', 'say:a@p,q', 'say:a@o,p,q', 'say uncertain a>a'],
  ['a shorter list', 'say:a@p,q', 'say:a@p', 'say uncertain a>a'],
  ['another list and another argument', 'say:a@p', 'say:b@q', 'say uncertain a>b'],
  ['the only call of a closure', 'say:a@=p', 'say:a@=q', 'say changed a>a'],
  ['one of two calls of a closure', 'say:a@=p,=q', 'say:a@=p,=r', 'say uncertain a>a'],
  ['an argument in a loop', 'say:a@p,q', 'say:b@p,q', 'say changed a>b'],
  ['a list where none was recorded', 'say:a', 'say:a@p', ''],
  ['a call at the end', 'say:a say:b', 'say:a say:b say:c', ''],
  ['the last call is gone', 'say:a say:b', 'say:a', ''],
  ['a call in front', 'say:a say:b', 'say:x say:a say:b', 'say uncertain a>x, say#2 uncertain b>a'],
  ['a like call in front', 'say:a say:b', 'say:a say:a say:b', 'say#2 uncertain b>a'],
  ['the first call is gone', 'say:a say:b', 'say:b', 'say uncertain a>b'],
  ['two calls are exchanged', 'say:a say:b', 'say:b say:a', 'say uncertain a>b, say#2 uncertain b>a'],
  [
    'what stands behind an exchange',
    'say:a say:b say:c',
    'say:b say:a say:c',
    'say uncertain a>b, say#2 uncertain b>a, say#3 uncertain c>c',
  ],
  [
    'exchanged with a fixed point between',
    'say:a pay:p say:b',
    'say:b pay:p say:a',
    'say uncertain a>b, say#2 uncertain b>a',
  ],
  [
    'both arguments, with nothing between',
    'say:a say:b',
    'say:x say:y',
    'say uncertain a>x, say#2 uncertain b>y',
  ],
  [
    'both arguments, with a fixed point between',
    'say:a pay:p say:b',
    'say:x pay:p say:y',
    'say changed a>x, say#2 changed b>y',
  ],
  [
    'both arguments, in two branches',
    'if.then|say:a if.else|say:b',
    'if.then|say:x if.else|say:y',
    'say changed a>x, say#2 changed b>y',
  ],
  [
    'both arguments, and the branches too',
    'if.then|say:a if.else|say:b',
    'if.else|say:x if.then|say:y',
    'say uncertain a>x, say#2 uncertain b>y',
  ],
  [
    'an argument, and the call moved behind a fixed point',
    'say:a say:b pay:p say:c',
    'say:a pay:p say:x say:c',
    'say#2 uncertain b>x',
  ],
  ['a name that ends with a number sign of its own', '"a#2":p', '"a#2":q', '"a#2" changed p>q'],
];

describe('two versions of a function', () => {
  for (const [what, old, now, differences] of table)
    it(what, () => expect(compare(old, now)).toBe(differences));
});

describe('random values and times', () => {
  const site = (id: string, line: number, more: object) =>
    ({ id, kind: 'step', line, column: 1, print: 'p', path: '', ...more }) as const;
  const of = (version: string, ...sites: Manifest['sites']): Manifest => ({
    fn: 'order',
    file: 'order.ts',
    version,
    sites,
  });
  const compared = (old: Manifest, now: Manifest): unknown =>
    [...compareManifests(old, now)].map(([id, { kind, isDrawn }]) => `${id} ${kind} ${isDrawn}`);

  it('are uncertain where the sequence before them is another', () => {
    expect(compared(of('1', site('a', 1, { draws: 'x' })), of('2', site('a', 1, { draws: 'x' })))).toEqual(
      [],
    );
    expect(compared(of('1', site('a', 1, { draws: 'x' })), of('2', site('a', 1, { draws: 'y' })))).toEqual([
      'a uncertain true',
    ]);
  });

  it('are compared only where both builds know of them', () => {
    expect(compared(of('1', site('a', 1, {})), of('2', site('a', 1, { draws: 'y', clocks: [0] })))).toEqual(
      [],
    );
  });

  it('a clock that other sites have passed is another time', () => {
    const old = of('1', site('b', 1, {}), site('a', 2, { clocks: [0] }));
    expect(compared(old, of('2', site('b', 1, {}), site('a', 2, { clocks: [1] })))).toEqual([
      'a uncertain true',
    ]);
    // One that is new has passed in no recorded run.
    expect(compared(old, of('2', site('c', 1, {}), site('b', 2, {}), site('a', 3, { clocks: [1] })))).toEqual(
      [],
    );
  });
});

/** `say#3:x say:a`: the ids are kept by a lock, in any order. */
function lockedManifest(text: string, version: string): Manifest {
  const sites = text.split(' ').map((word, index) => {
    const [path, site] = word.includes('|') ? word.split('|') : ['', word];
    const [id = '', print = ''] = site!.split(':');
    return { id, kind: 'step', line: index + 1, column: 1, print, path: path! } as const;
  });
  return { fn: 'order', file: 'order.ts', version, sites, locked: true };
}

const lockedTable: typeof table = [
  ['a call in front', 'say:a say#2:b', 'say#3:x say:a say#2:b', ''],
  ['two calls exchanged', 'say:a say#2:b', 'say#2:b say:a', ''],
  ['the first call is gone', 'say:a say#2:b', 'say#2:b', ''],
  ['like calls', 'say:a say#2:a', 'say#3:a say:a say#2:a', ''],
  [
    'an argument, and a call at another place',
    'say:a pay:p say#2:b',
    'say:x pay:p say#2:b say#3:c',
    'say changed a>x',
  ],
  ['an argument, and a call beside it', 'say:a', 'say:x say#2:y', 'say uncertain a>x'],
  ['an argument, and a call that is gone beside it', 'say:a say#2:b', 'say:x', 'say uncertain a>x'],
  [
    'an argument, and a call in another branch',
    'if.then|say:a if.else|say#2:b',
    'if.then|say:x if.else|say#2:b if.else|say#3:y',
    'say changed a>x',
  ],
  ['a call has the id of one that is new elsewhere', 'say:a', 'say:b say#2:a', 'say uncertain a>b'],
  [
    'calls have the ids of each other',
    'say:a say#2:b',
    'say:b say#2:a',
    'say uncertain a>b, say#2 uncertain b>a',
  ],
  ['moved past a fixed point', 'say:a pay:p', 'pay:p say:x', 'say changed a>x'],
  [
    'moved past a fixed point, and one stays',
    'say:a pay:p say#2:b',
    'pay:p say#2:b say:x',
    'say uncertain a>x',
  ],
];

describe('the sites of two versions with a lock', () => {
  it.each(lockedTable)('%s', (_, old, now, differences) => {
    const found = compareManifests(lockedManifest(old, '1'), lockedManifest(now, '2'));
    expect(
      [...found]
        .map(([id, { kind, old: was, now: is }]) => `${id} ${kind} ${was.print}>${is.print}`)
        .join(', '),
    ).toBe(differences);
  });

  it('are compared as without one, if one of them has none', () => {
    const { locked: _, ...unlocked } = lockedManifest('say:a say#2:b', '1');
    const now = lockedManifest('say:a say#2:x say#3:c', '2');
    expect([...compareManifests(unlocked, now).values()].map(({ kind }) => kind)).toEqual(['uncertain']);
  });
});
