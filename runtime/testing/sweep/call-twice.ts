/** Checks whether steps may be called twice, as a process calls them that resumes after a crash in the middle of them. */

import type { Definition } from '../../functions/definition.ts';
import { findDefinition } from '../../functions/definitions.ts';
import { describeEvent } from '../../journal/mismatch.ts';
import { placeIn } from '../../journal/mismatch-text.ts';
import type { Substitute } from '../../run/test-hooks.ts';
import { compareKinds, type OutcomeDifference } from '../runtime/differences.ts';
import type { Sweep } from './crash-points.ts';
import { executeReference, type ReferenceRun, RUN } from './reference-run.ts';
import { notTwice } from './sweep-report.ts';

/** Executes the run once more, with each step called twice in a row; if that makes a difference, looks for the step. */
export async function callTwice(sweep: Sweep): Promise<void> {
  const keys = repeatable(sweep.reference);
  if (keys.length === 0) return;
  const together = await compareTwice(sweep, new Set(keys));
  if (together === undefined) return;
  const { definition } = sweep.program;
  for (const key of keys) {
    const difference = await compareTwice(sweep, new Set([key]));
    if (difference !== undefined)
      throw notTwice(definition, describeStep(sweep.reference, key, definition), difference);
  }
  throw notTwice(definition, undefined, together);
}

async function compareTwice(
  { program, reference: whole, probe: outside, options, reads }: Sweep,
  keys: ReadonlySet<string>,
): Promise<OutcomeDifference | undefined> {
  await options.reset?.();
  await options.restart?.();
  const wrap = (inner: Substitute): Substitute => repeating(inner, keys);
  const again = await executeReference(program, options, reads, { seed: seedOf(whole), wrap });
  return compareKinds(whole.outcome, again.outcome) ?? comparePaths(whole, again) ?? outside.compare();
}

function comparePaths({ recorded }: ReferenceRun, again: ReferenceRun): OutcomeDifference | undefined {
  for (const [expected, actual] of [
    [recorded, again.recorded],
    [again.recorded, recorded],
  ] as const) {
    const key = [...expected].find((name) => !actual.has(name));
    if (key === undefined) continue;
    const words = ['it is called', 'it is not called'] as const;
    const [once, twice] = expected === recorded ? words : words.toReversed();
    return { what: `step "${key}"`, expected: String(once), actual: String(twice) };
  }
  return undefined;
}

/** A step returns the result of its second call. */
function repeating(inner: Substitute, keys: ReadonlySet<string>): Substitute {
  return (call, body) => {
    const run = inner(call, body);
    if (!keys.has(call.key)) return run;
    return async () => {
      try {
        await run();
      } catch {
        // A process may die after a failure too, before that is recorded.
      }
      return run();
    };
  };
}

/** The keys of the steps that are not called at most once, of the run and of those that it starts. */
function repeatable({ log }: ReferenceRun): string[] {
  const events = log.flatMap((change) => (change.type === 'event' ? [change.event] : []));
  const once = new Set(events.flatMap((event) => (event.type === 'step-started' ? [event.key] : [])));
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.key] : []));
  return [...new Set(steps)].filter((key) => !once.has(key));
}

function describeStep({ log }: ReferenceRun, key: string, definition: Definition): string {
  for (const change of log) {
    if (change.type !== 'event' || change.event.type !== 'step' || change.event.key !== key) continue;
    const { runId } = change;
    const start = log.find((other) => other.type === 'create' && other.args[0] === runId);
    const fn = (start?.type === 'create' && findDefinition(start.args[1].fn)) || definition;
    return (
      describeEvent(change.event, placeIn(fn)).replace(/^the outcome of step /, '') +
      (runId === RUN ? '' : ` of the run "${runId}"`)
    );
  }
  return `"${key}"`;
}

function seedOf({ log }: ReferenceRun): string | undefined {
  const [start] = log;
  return start?.type === 'create' ? start.args[1].seed : undefined;
}
