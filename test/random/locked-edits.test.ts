import * as fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { readLock } from '../../transformer/lock/read-lock.ts';
import { lockFor } from '../support/locks.ts';
import { FULL } from '../support/tier.ts';
import { shapes } from './arbitrary.ts';
import { EDITS, INSERTED } from './edits.ts';
import { render } from './render.ts';

/**
 * Random edits of random programs keep the ids of what is the same. The order of calls says which is which, without the lock.
 */
const { LOCKED_PROGRAMS = FULL ? '400' : '25', RANDOM_SEED = '20260801' } = process.env;

const FILE = 'input.ts';
/** Those that leave all other calls as they are. */
const KINDS = ['insert', 'rename', 'swap', 'extract'];

function check(source: string, kind: string, pick: (count: number) => number): void {
  const file = ts.createSourceFile(FILE, source, ts.ScriptTarget.ESNext, true);
  const edited = EDITS[kind]!(source, file, pick);
  if (edited === undefined) return;
  const before = lockFor(source, FILE);
  let after: string;
  try {
    after = lockFor(edited, FILE, before);
  } catch {
    // The compiler refuses the edited code.
    return;
  }
  const old = readLock(before).lock;
  seen.edits++;
  seen.kinds.add(kind);
  for (const [fn, { sites, scopes }] of readLock(after).lock) {
    const known = old.get(fn)!;
    expect(new Set(sites.map(({ id }) => id)).size, 'ids are given once').toBe(sites.length);
    const kept = sites.filter(({ call }) => call !== INSERTED);
    const byId = new Map(known.sites.map((site) => [site.id, site]));
    for (const [index, site] of kept.entries()) {
      seen.sites++;
      const same = byId.get(site.id);
      if (same === undefined) seen.renewed++;
      else if (same.print !== site.print && kind !== 'swap' && site.id !== known.sites[index]?.id)
        seen.wrong.push(`${kind}: ${same.call} is ${site.call}`);
      if (kind !== 'swap' && site.id !== known.sites[index]?.id) seen.others++;
    }
    if (kind === 'swap') continue;
    const ids = (list: readonly { readonly scope: string }[]): string =>
      list.map(({ scope }) => scope).join(' ');
    if (ids(scopes) !== ids(known.scopes)) seen.scopes++;
  }
}

/** Over all programs: ids that went to other calls, and ids and scopes that the same calls lost. */
const seen = {
  edits: 0,
  kinds: new Set<string>(),
  sites: 0,
  renewed: 0,
  others: 0,
  scopes: 0,
  wrong: [] as string[],
};

describe('random edits of random programs', () => {
  it('keep the ids of what is the same', { timeout: 300_000 }, () => {
    const programs = fc.sample(fc.tuple(shapes, fc.constantFrom(...KINDS), fc.nat()), {
      numRuns: Number(LOCKED_PROGRAMS),
      seed: Number(RANDOM_SEED),
    });
    for (const [shape, kind, choice] of programs)
      check(render(shape).source, kind, (count) => (count === 0 ? 0 : choice % count));
    expect([...seen.kinds].sort()).toEqual([...KINDS].sort());
    expect(seen.wrong).toEqual([]);
    if (process.env.RANDOM_SHOW) console.log(JSON.stringify({ ...seen, kinds: [...seen.kinds] }));
    expect((seen.renewed + seen.others + seen.scopes) / seen.sites).toBeLessThan(0.01);
  });
});
