import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import { judge, type Verdict } from '../../runtime/functions/edits.ts';
import type { Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { decode } from '../../runtime/values/codec.ts';
import { knownCodeOf } from '../support/known-code.ts';
import { sample } from '../support/tier.ts';
import { DECIDING_PAIRS } from './deciding-pairs.ts';
import { deploy, died, resume, runWhole, type Seen, sourceOf } from './deploy.ts';
import { ORDER_PAIRS } from './order-pairs.ts';
import { PAIRS as BASIC_PAIRS, type Pair } from './pairs.ts';

/**
 * Each edit is tried on every prefix of the journal that the old code wrote. Code that doesn't fit calls nothing and leaves
 * the journal as it is, so that the old code goes on; code that goes on ends as if it had run from the beginning.
 */

/** Each step returns the text of its call, so the calls behind a journal can be read in it. */
const recordedCalls = (events: readonly JournalEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step' && event.ok ? [decode(event.value) as string] : []));

/** Without the random values and times, which each run has of its own. */
const plainText = (text: string): string =>
  text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'uuid')
    .replace(/\b0\.\d{5,}(e-\d+)?/g, 'random')
    .replace(/\b1\d{12}\b/g, 'time');

const sorted = (list: readonly string[]): readonly string[] => list.map(plainText).sort();

const PAIRS: readonly Pair[] = [...BASIC_PAIRS, ...DECIDING_PAIRS, ...ORDER_PAIRS];

/** What `durable check` says of an edit. */
function judged({ before, after }: Pair): Verdict {
  const [old, now] = [before, after].map((body) => knownCodeOf(sourceOf('edited', body)).get('edited'));
  return judge(old!, now!);
}

/** What it calls free, and what it doesn't, against what became of the runs. */
const falseFree = PAIRS.filter((pair) => pair.verdict === 'parks' && judged(pair).verdict === 'free');
const falseBreaking = PAIRS.filter((pair) => pair.verdict !== 'parks' && judged(pair).verdict !== 'free');

const debug = console.debug;
beforeAll(() => {
  console.debug = () => {};
});
afterAll(() => {
  console.debug = debug;
});

describe('an edit under work that is under way', () => {
  it('is one of at least sixty', () => {
    expect(PAIRS.length).toBeGreaterThanOrEqual(60);
  });

  it('is never called free if a run is parked by it, and seldom not free if none is', () => {
    expect(falseFree.map(({ edit }) => edit)).toEqual([]);
    expect(falseBreaking.length).toBeLessThanOrEqual(PAIRS.length / 10);
  });

  it('is counted in the page', () => {
    const page = readFileSync(new URL('../../docs/changing-code.md', import.meta.url), 'utf8');
    expect(page).toContain(
      `${PAIRS.length} edits, ${falseFree.length} of them called free by mistake, ${falseBreaking.length} not called free by mistake`,
    );
  });

  for (const [index, pair] of sample([...PAIRS.entries()], 2))
    it(`${pair.edit}: ${pair.verdict}`, () => check(`edit-${index}`, pair));
});

async function check(id: string, { before, after, verdict }: Pair): Promise<void> {
  const old = await deploy(id, before);
  const oldRun = await runWhole(old);
  const prefixes = oldRun.events.slice(0, -1).map((_, index) => oldRun.events.slice(0, index + 1));
  const now = await deploy(id, after);
  const newRun = await runWhole(now);
  expect(definitionOf(now)?.meta.version === definitionOf(old)?.meta.version, 'the version is another').toBe(
    isLayout(before, after),
  );
  const parked: { readonly store: Store; readonly prefix: readonly JournalEvent[] }[] = [];
  for (const prefix of prefixes) {
    const store = await died(old, prefix);
    const resumed = await resume(store, prefix);
    const when = `behind event ${prefix.length - 1} (${JSON.stringify(prefix.at(-1)).slice(0, 120)})`;
    if (resumed.blocked !== undefined) {
      expect(verdict, `${when}: ${resumed.blocked}`).toBe('parks');
      expect(resumed.calls, `what is called before it parks ${when}`).toEqual([]);
      expect(resumed.events, `the journal ${when}`).toEqual(prefix);
      expect(resumed.blocked).toContain('order.ts:');
      expect(resumed.blocked).toContain('rerun(id)');
      parked.push({ store, prefix });
      continue;
    }
    const all = sorted([...recordedCalls(prefix), ...resumed.calls]);
    if (verdict === 'kept') {
      expect(all.length, `the number of calls ${when}`).toBe(newRun.calls.length);
      expect(resumed.outcome.status).toBe(newRun.outcome.status);
    } else {
      expect(all, `the calls ${when}`).toEqual(sorted(succeeded(newRun, prefix)));
      expect(plainText(JSON.stringify(resumed.outcome)), `the result ${when}`).toEqual(
        plainText(JSON.stringify(newRun.outcome)),
      );
    }
    const isChanged = prefix.length > 1 && !isLayout(before, after);
    expect(resumed.told.length, `code-changed ${when}`).toBe(isChanged ? 1 : 0);
  }
  expect(parked.length > 0, 'some are parked').toBe(verdict === 'parks');
  // The mistaken deployment is taken back.
  await deploy(id, before);
  for (const { store, prefix } of parked) {
    const again = await resume(store, prefix);
    expect(again.blocked).toBeUndefined();
    expect(again.outcome).toEqual(oldRun.outcome);
    expect(sorted([...recordedCalls(prefix), ...again.calls])).toEqual(sorted(succeeded(oldRun, prefix)));
  }
}

/** The calls of a run, but for the first attempts that failed where the journal has them. */
function succeeded({ calls: all }: Seen, prefix: readonly JournalEvent[]): readonly string[] {
  const failed = prefix.filter(({ type }) => type === 'attempt-failed').length;
  const rest = [...all];
  for (let count = 0; count < failed; count++) rest.splice(rest.indexOf('flaky(1)'), 1);
  return rest;
}

/** Only layout, comments and types differ, so that the code is the same. */
const isLayout = (before: string, after: string): boolean =>
  LAYOUT.test(PAIRS.find((one) => one.before === before && one.after === after)!.edit);
const LAYOUT = /^(a property is accessed by brackets|quotes|types)/;
