import type { Random } from './random.ts';

/** What a seed makes of a simulation as a whole. Each has some kinds of faults and not others, so that none hides another. */
export interface Profile {
  /** How long things go wrong, in ms. */
  readonly length: number;
  readonly workers: number;
  readonly hosts: number;
  readonly runs: number;
  readonly leaseMs: number;
  readonly parkAfterMs: number;
  readonly maxRuns: number;
  readonly maxSteps: Readonly<Record<string, number>> | undefined;
  /** How long the store takes for an answer at most, in ms; 0: it answers at once. */
  readonly latency: number;
  /** By how many ms clocks differ at most. */
  readonly skew: number;
  /** How much longer than they say the waits in steps take at most. */
  readonly slowest: number;
  /** How often, on average, in `length`, somebody resumes a run, runs one again, and removes old ones. */
  readonly resumes: number;
  readonly reruns: number;
  readonly prunes: number;
  /** Workers keep a schedule. */
  readonly scheduled: boolean;
  /** How often each fault comes, on average, in `length`. */
  readonly rates: Readonly<Record<Fault, number>>;
}

export const FAULTS = [
  'kill',
  'doom',
  'pause',
  'jump',
  'deaf',
  'flaky',
  'unanswered',
  'down',
  'sick',
  'close',
] as const;
export type Fault = (typeof FAULTS)[number];

export function choose(random: Random): Profile {
  const rates = Object.fromEntries(
    FAULTS.map((fault) => [fault, random.chance(0.45) ? random.spread(1, 8) : 0]),
  );
  return {
    length: random.spread(2_000, 15_000),
    workers: random.between(2, 4),
    hosts: random.between(1, 3),
    runs: random.spread(3, 14),
    leaseMs: random.pick([400, 1_000, 3_000]),
    parkAfterMs: random.pick([60, 300, Number.POSITIVE_INFINITY]),
    maxRuns: random.pick([1, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]),
    maxSteps: random.chance(0.2) ? { note: 1, once: 1 } : undefined,
    latency: random.chance(0.5) ? 0 : random.spread(1, 60),
    skew: random.chance(0.25) ? random.spread(10, 5_000) : 0,
    slowest: random.spread(1, 40),
    resumes: random.chance(0.5) ? random.spread(2, 60) : 0,
    reruns: random.chance(0.3) ? random.spread(1, 5) : 0,
    prunes: random.chance(0.3) ? random.spread(1, 8) : 0,
    scheduled: random.chance(0.3),
    rates: rates as Record<Fault, number>,
  };
}
