/** Runs at once. */
export const RUNS = 100;

/** What every contender does: so many runs at once, with so many steps each. */
export const WORKS = [
  { name: 'one run, 100 steps one after the other', runs: 1, steps: 100 },
  { name: `${RUNS} runs at once, 20 steps each`, runs: RUNS, steps: 20 },
] as const;

export type Work = (typeof WORKS)[number];
