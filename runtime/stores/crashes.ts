/**
 * The counts of crashes for which a run may be the reason. Pure; both stores use it.
 *
 * When a worker is gone, each run that it held is a suspect. A run that has recorded an event since it was claimed has made
 * progress, and counts as innocent. For each of the others, crashes in a row are counted. The first crash has no consequence,
 * since a dying worker takes all its runs with it, and nearly all are innocent. From the second on, a run is held back for
 * longer and longer.
 *
 * A worker that can't be seen counts as gone when its lease has run out. It may still be alive: it was stopped, or its clock
 * differs. When it reports, no run has killed it, and the crashes that were counted for it are taken back.
 */

/** How often in a row a run was with a worker that was found gone, without having recorded anything. */
export interface Crashes {
  readonly count: number;
  /** How often it was the only such run of its worker. */
  readonly alone: number;
  /** For how long it was under way, at most, before it was found; ms. */
  readonly lived: number;
  /** What its last worker noted of it. */
  readonly doing: string | null;
}

/** With what it takes to take them back. */
export interface CountedCrashes extends Crashes {
  /** The workers that were found gone, one for each crash; alone: the run was its only one that had recorded nothing. */
  readonly workers: readonly { readonly name: string; readonly alone: boolean }[];
}

export const NO_CRASHES: CountedCrashes = { count: 0, alone: 0, lived: 0, doing: null, workers: [] };

/** A run with this number of crashes is held back. */
export const SUSPECT = 2;

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long a run is held back, in ms: not at all, then for 1 s, 2 s, 4 s, ... up to a minute. */
export const holdBackMs = (count: number): number =>
  count < SUSPECT ? 0 : Math.min(FIRST_MS * 2 ** (count - SUSPECT), LONGEST_MS);

/**
 * @param worker the one that was found gone
 * @param alone it was the only run of that worker that had recorded nothing
 */
export const oneMore = (
  before: CountedCrashes,
  worker: string,
  lived: number,
  alone: boolean,
): CountedCrashes => ({
  count: before.count + 1,
  alone: before.alone + (alone ? 1 : 0),
  lived: Math.max(before.lived, lived, 0),
  doing: before.doing,
  workers: [...before.workers, { name: worker, alone }],
});

/** Without those of a worker that has turned out to live; undefined if there are none. */
export function withoutThoseOf(worker: string, before: CountedCrashes): CountedCrashes | undefined {
  const workers = before.workers.filter(({ name }) => name !== worker);
  const mistaken = before.workers.filter(({ name }) => name === worker);
  if (mistaken.length === 0) return undefined;
  const count = before.count - mistaken.length;
  if (count <= 0) return NO_CRASHES;
  return { ...before, count, alone: before.alone - mistaken.filter(({ alone }) => alone).length, workers };
}

/** The crashes as a claimant sees them. */
export const told = ({ count, alone, lived, doing }: CountedCrashes): Crashes => ({
  count,
  alone,
  lived,
  doing,
});

/**
 * Whether a run with these crashes counts as the reason. In two of them it must have been the only suspect; otherwise an
 * innocent run with long steps would be blamed for others. A run that is never the only suspect is blamed after three times as
 * many crashes.
 */
export const isCrashLoop = ({ count, alone }: Crashes, maxCrashes: number): boolean =>
  (count >= maxCrashes && alone >= Math.min(2, maxCrashes)) || count >= 3 * maxCrashes;
