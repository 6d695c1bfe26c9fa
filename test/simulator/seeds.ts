/** Which seeds are simulated, and what is told of one that finds something. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FULL } from '../support/tier.ts';
import { removePrograms } from './programs.ts';
import { type Result, simulate } from './simulation.ts';

const { SIM_SEED, SIM_SEEDS = FULL ? '1000' : '50', RANDOM_SEED } = process.env;
const COUNT = Number(SIM_SEEDS);
const FIRST = RANDOM_SEED === 'fresh' ? 1 + (Date.now() % 2 ** 31) : 1;
const LOGS = fileURLToPath(new URL('../.tmp/', import.meta.url));

/** What a person needs to see: what doesn't hold, how to see it again, and what led to it. */
export function report(seed: number, { violations, trace }: Result): string {
  const rules = violations.map(({ rule, text }) => `${rule}: ${text}`).join('\n');
  const about = [...new Set(violations.flatMap((violation) => violation.about))];
  return `${rules}\n\nSIM_SEED=${seed} npx vitest run test/simulator\n\n${trace.about(about)}`;
}

/** Where the whole trace can be read. */
function keep(seed: number, { trace }: Result): string {
  mkdirSync(LOGS, { recursive: true });
  const file = `${LOGS}simulator-${seed}.log`;
  writeFileSync(file, `${trace.text()}\n`);
  return file;
}

/** @param isOurs which of the seeds are simulated here: several files share them, so that all cores have something to do */
export function simulateSeeds(isOurs: (seed: number) => boolean): void {
  afterAll(removePrograms);

  const seeds = (
    SIM_SEED === undefined ? Array.from({ length: COUNT }, (_, index) => FIRST + index) : [Number(SIM_SEED)]
  ).filter(isOurs);

  describe.skipIf(seeds.length === 0)('what is promised holds', () => {
    it(`in ${seeds.length} simulations from seed ${seeds[0]} on`, {
      timeout: 60_000 + COUNT * 2_000,
    }, async () => {
      let runs = 0;
      for (const seed of seeds) {
        const result = await simulate(seed);
        if (SIM_SEED !== undefined) process.stdout.write(`${result.trace.text()}\n`);
        if (result.violations.length > 0)
          throw new Error(`${report(seed, result)}\n\nThe whole trace: ${keep(seed, result)}`);
        // A seed may end with all of its runs removed.
        runs += result.runs;
      }
      if (SIM_SEED === undefined) expect(runs).toBeGreaterThan(seeds.length);
    });
  });
}
