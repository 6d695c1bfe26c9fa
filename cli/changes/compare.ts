import { type Edit, type Freedom, judge } from '../../runtime/tools.ts';
import { asContinued, type KnownFunction } from './read-functions.ts';

/** What was changed of one durable function, and what it does to runs of the old one. */
export interface Change {
  readonly old: KnownFunction;
  /** What runs of the old one go on with; undefined if they find nothing. */
  readonly now: KnownFunction | undefined;
  readonly verdict: Freedom;
  readonly edits: readonly Edit[];
  /** A function that may be the same one under another id, where `now` is undefined. */
  readonly heir?: KnownFunction | undefined;
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

/** The functions that are not as they were. Those whose code version is the same are not among them. */
export function compareFunctions(
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
): readonly Change[] {
  const changes = before.flatMap((old) => {
    const now = successorOf(old, before, after);
    if (now?.manifest.version === old.manifest.version) return [];
    const { verdict, edits } = judge(old, now && asContinued(old, now));
    return [{ old, now, verdict, edits, ...(now === undefined && { heir: heirOf(old, before, after) }) }];
  });
  return changes.sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
}

/** As the runtime finds the function of a run: by its code, by the number of its version, then the newest with its id. */
function successorOf(
  old: KnownFunction,
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
): KnownFunction | undefined {
  const versions = after.filter(({ id }) => id === old.id);
  const same = versions.find(({ manifest }) => manifest.version === old.manifest.version);
  const numbered = versions.find(({ number }) => old.number !== undefined && number === old.number);
  const newest = [...versions].sort((a, b) => age(b) - age(a))[0];
  return same ?? numbered ?? newest ?? renamed(old, before, after);
}

const age = ({ number }: KnownFunction): number => number ?? Number.POSITIVE_INFINITY;

/** Of a file that was moved and not changed, the runtime knows the functions again. */
function renamed(
  old: KnownFunction,
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
): KnownFunction | undefined {
  const known = new Set(before.map(({ id }) => id));
  return after.find(
    (one) =>
      one.module !== undefined && one.module === old.module && one.name === old.name && !known.has(one.id),
  );
}

function heirOf(
  old: KnownFunction,
  before: readonly KnownFunction[],
  after: readonly KnownFunction[],
): KnownFunction | undefined {
  const known = new Set(before.map(({ id }) => id));
  const added = after.filter(({ id }) => !known.has(id));
  return (
    added.find(({ manifest }) => manifest.version === old.manifest.version) ??
    added.find(({ name, package: of }) => name === old.name && of === old.package)
  );
}

const placeOf = ({ old, now }: Change): string => {
  const { file, line } = now ?? old;
  return `${file}:${String(line).padStart(8, '0')}`;
};
