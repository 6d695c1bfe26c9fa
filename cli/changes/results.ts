/** Recorded values that don't fit what the code expects of them, by types. */
import { type Misfit, misfitOf } from '../../transformer/shapes/fits.ts';
import type { RecordedShape } from '../../transformer/shapes/recorded-shapes.ts';
import type { CompiledFunction } from '../compile/compile-project.ts';
import { successorOf } from './successor.ts';

/** The type of a recorded value was changed. Runs go on, with a value that the code may take for something else. */
export interface ResultEdit extends Misfit {
  readonly kind: 'result';
  readonly verdict: 'passed' | 'breaking';
  /** The id of the call; empty for the input of the function. */
  readonly what: string;
  readonly old: Place;
  readonly now: Place;
  readonly reached: readonly string[];
}

interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ChangedResults {
  readonly old: CompiledFunction;
  readonly now: CompiledFunction;
  readonly edits: readonly ResultEdit[];
}

/** The functions that take recorded values for something else than they are. */
export function compareResults(
  before: readonly CompiledFunction[],
  after: readonly CompiledFunction[],
): readonly ChangedResults[] {
  return before.flatMap((old) => {
    const now = successorOf(old, before, after);
    if (now === undefined) return [];
    const edits = editsOf(old, now);
    return edits.length === 0 ? [] : [{ old, now, edits }];
  });
}

function editsOf(old: CompiledFunction, now: CompiledFunction): readonly ResultEdit[] {
  const recorded = new Map(old.shapes.map((one) => [one.id, one]));
  return now.shapes.flatMap((one): readonly ResultEdit[] => {
    const from = recorded.get(one.id);
    const misfit = from && one.expected && misfitOf(from.recorded, one.expected);
    if (misfit === undefined) return [];
    const isInput = one.id === '';
    return [
      {
        kind: 'result',
        verdict: isInput ? 'breaking' : 'passed',
        what: one.id,
        old: placeOf(from!),
        now: placeOf(one),
        reached: isInput ? [] : [one.id],
        ...misfit,
      },
    ];
  });
}

const placeOf = ({ line, column }: RecordedShape): Place => ({ line, column });
