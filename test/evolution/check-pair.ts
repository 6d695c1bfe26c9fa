/** What becomes of the runs of one version of a function in another version, whatever they have recorded. */
import { expect } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import type { Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { decode } from '../../runtime/values/codec.ts';
import { died, resume, runWhole, type Seen } from './deploy.ts';
import type { Pair } from './pairs.ts';

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

/** How the two versions of a pair are deployed. */
export interface Deployments {
  before(): Promise<AnyFunction>;
  after(): Promise<AnyFunction>;
  /** Only layout, comments and types differ, so that the code is the same. */
  readonly isLayout: boolean;
}

export async function checkPair(
  { verdict }: Pick<Pair, 'verdict'>,
  { before, after, isLayout }: Deployments,
): Promise<void> {
  const old = await before();
  const oldRun = await runWhole(old);
  const prefixes = oldRun.events.slice(0, -1).map((_, index) => oldRun.events.slice(0, index + 1));
  const now = await after();
  const newRun = await runWhole(now);
  expect(definitionOf(now)?.meta.version === definitionOf(old)?.meta.version, 'the version is another').toBe(
    isLayout,
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
    const isChanged = prefix.length > 1 && !isLayout;
    expect(resumed.told.length, `code-changed ${when}`).toBe(isChanged ? 1 : 0);
  }
  expect(parked.length > 0, 'some are parked').toBe(verdict === 'parks');
  // The mistaken deployment is taken back.
  await before();
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
