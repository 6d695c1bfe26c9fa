/**
 * What a store keeps of runs that may be the reason why their workers die. Pure; both stores use it.
 *
 * When a worker is found gone, each run that it held was perhaps to blame. One that has recorded an event since it was
 * claimed has shown that it goes on, and counts as innocent. Of the others the crashes are counted, in a row. The first
 * one has no consequence, since a worker that dies takes all its runs with it, and nearly all are innocent; from the
 * second on a run is held back for longer and longer.
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

export const NO_CRASHES: Crashes = { count: 0, alone: 0, lived: 0, doing: null };

/** With so many crashes a run is held back. */
export const SUSPECT = 2;

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long a run is held back, in ms: not at all, then for 1 s, 2 s, 4 s, ... up to a minute. */
export const holdBackMs = (count: number): number =>
  count < SUSPECT ? 0 : Math.min(FIRST_MS * 2 ** (count - SUSPECT), LONGEST_MS);

/** @param alone it was the only run of its worker that had recorded nothing */
export const oneMore = (before: Crashes, lived: number, alone: boolean): Crashes => ({
  count: before.count + 1,
  alone: before.alone + (alone ? 1 : 0),
  lived: Math.max(before.lived, lived, 0),
  doing: before.doing,
});

/**
 * Whether a run is to be taken for the reason, after so many crashes. Two of them must have left no other suspect, or an
 * innocent run with long steps would be blamed for what others do. What is never alone is blamed after three times as many.
 */
export const isCrashLoop = ({ count, alone }: Crashes, maxCrashes: number): boolean =>
  (count >= maxCrashes && alone >= Math.min(2, maxCrashes)) || count >= 3 * maxCrashes;
