import { type Edit, type EditPlace, type Freedom, judge } from '../../runtime/tools.ts';
import { functionKey } from '../../transformer/base/plan.ts';
import { asContinued, type KnownFunction } from './read-functions.ts';
import type { ChangedResults, ResultEdit } from './results.ts';
import { successorOf } from './successor.ts';

/** The code of an older version stands in another function now, beside the new code. */
export interface KeptEdit {
  readonly kind: 'kept';
  readonly verdict: 'free';
  /** What the function with the old code is called. */
  readonly what: string;
  readonly number: number;
  readonly old: EditPlace;
  readonly now: EditPlace;
  readonly reached: readonly [];
}

export type ChangeEdit = Edit | ResultEdit | KeptEdit;

/** What is shown of one side. */
export type Side = Pick<KnownFunction, 'id' | 'number' | 'name' | 'file' | 'line' | 'version' | 'sites'>;

/** What was changed of one durable function, and what it does to runs of the old one. */
export interface Change {
  readonly old: Side;
  /** What runs of the old one go on with; undefined if they find nothing. */
  readonly now: Side | undefined;
  readonly verdict: Freedom;
  readonly edits: readonly ChangeEdit[];
  /** A function that may be the same one under another id, where `now` is undefined. */
  readonly heir?: Side | undefined;
}

/** A comparison of the working tree with something else. */
export interface Comparison {
  /** What it is compared with, for people. */
  readonly against: string;
  readonly changes: readonly Change[];
  /** Files that couldn't be read. */
  readonly broken: readonly string[];
  readBefore(file: string): string | undefined;
  readNow(file: string): string | undefined;
}

/**
 * The functions that are not as they were: those whose code version is another one, and those that take recorded values for
 * something else.
 */
export function compareFunctions(
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
  results: readonly ChangedResults[],
): readonly Change[] {
  const changes = before.flatMap((old) => {
    const now = successorOf(old, before, after);
    if (now?.version === old.version) return keptBeside(old, now);
    const { verdict, edits } = judge(old, now && asContinued(old, now));
    return [{ old, now, verdict, edits, ...(now === undefined && { heir: heirOf(old, before, after) }) }];
  });
  return withResults(changes, results).sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
}

function keptBeside(old: KnownFunction, now: KnownFunction): readonly Change[] {
  const { name: what, number } = now;
  if (number === undefined || number === old.number) return [];
  const [from, to] = [old, now].map(({ line, column }) => ({ line, column }));
  return [
    {
      old,
      now,
      verdict: 'free',
      edits: [{ kind: 'kept', verdict: 'free', what, number, old: from!, now: to!, reached: [] }],
    },
  ];
}

function withResults(changes: readonly Change[], results: readonly ChangedResults[]): Change[] {
  const left = new Map(results.map((one) => [functionKey(one.old), one]));
  const joined = changes.map((change): Change => {
    const key = functionKey(change.old);
    const found = left.get(key);
    left.delete(key);
    if (found === undefined || change.now === undefined) return change;
    const edits = [...change.edits, ...found.edits];
    return { ...change, edits, verdict: worstOf(edits) };
  });
  return [...joined, ...[...left.values()].map((one): Change => ({ ...one, verdict: worstOf(one.edits) }))];
}

const ORDER: readonly Freedom[] = ['breaking', 'passed', 'free'];

const worstOf = (edits: readonly ChangeEdit[]): Freedom =>
  ORDER.find((one) => edits.some(({ verdict }) => verdict === one)) ?? 'free';

function heirOf(
  old: KnownFunction,
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
): KnownFunction | undefined {
  const known = new Set(before.map(({ id }) => id));
  const added = after.filter(({ id }) => !known.has(id));
  return (
    added.find(({ version }) => version === old.version) ??
    added.find(({ name, package: of }) => name === old.name && of === old.package)
  );
}

const placeOf = ({ old, now }: Change): string => {
  const { file, line } = now ?? old;
  return `${file}:${String(line).padStart(8, '0')}`;
};
