/** Which seeds are simulated, and what is told of one that finds something. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FULL } from '../support/tier.ts';
import { removePrograms } from './programs.ts';
import { type Result, simulate } from './simulation.ts';
import type { Kind } from './stores.ts';

const { SIM_SEED, SIM_STORE, SIM_SEEDS = FULL ? '1000' : '30', RANDOM_SEED } = process.env;
const COUNT = Number(SIM_SEEDS);
const FIRST = RANDOM_SEED === 'fresh' ? 1 + (Date.now() % 2 ** 31) : 1;
const LOGS = fileURLToPath(new URL('../.tmp/', import.meta.url));

/** Each seed is simulated on the store in memory, and one of so many on a file too, which takes longer. */
const ON_FILES = 5;

/** What a person needs to see: what doesn't hold, how to see it again, and what led to it. */
export function report(seed: number, kind: Kind, { violations, trace }: Result): string {
  const rules = violations.map(({ rule, text }) => `${rule}: ${text}`).join('\n');
  const about = [...new Set(violations.flatMap((violation) => violation.about))];
  return `${rules}\n\nSIM_SEED=${seed} SIM_STORE=${kind} npx vitest run test/simulator\n\n${trace.about(about)}`;
}

/** Where the whole trace can be read. */
function keep(seed: number, kind: Kind, { trace }: Result): string {
  mkdirSync(LOGS, { recursive: true });
  const file = `${LOGS}simulator-${seed}-${kind}.log`;
  writeFileSync(file, `${trace.text()}\n`);
  return file;
}

/** @param isOurs which of the seeds are simulated here: several files share them, so that all cores have something to do */
export function simulateSeeds(isOurs: (seed: number) => boolean): void {
  afterAll(removePrograms);

  const seeds = (
    SIM_SEED === undefined ? Array.from({ length: COUNT }, (_, index) => FIRST + index) : [Number(SIM_SEED)]
  ).filter(isOurs);

  const kinds: Record<Kind, readonly number[]> = {
    memory: seeds,
    // Those that are shared by two files differ in their last bit.
    file: SIM_SEED === undefined ? seeds.filter((seed) => (seed >> 1) % ON_FILES === 0) : seeds,
  };
  for (const kind of ['memory', 'file'] as const) {
    if (SIM_STORE === undefined || SIM_STORE === kind) simulateAll(kinds[kind], kind);
  }
}

function simulateAll(seeds: readonly number[], kind: Kind): void {
  describe.skipIf(seeds.length === 0)('what is promised holds', () => {
    it(`in ${seeds.length} simulations on a store in ${kind === 'file' ? 'a file' : 'memory'}, from seed ${seeds[0]} on`, {
      timeout: 60_000 + COUNT * 2_000,
    }, async () => {
      let runs = 0;
      for (const seed of seeds) {
        const result = await simulate(seed, { kind });
        if (SIM_SEED !== undefined) process.stdout.write(`${result.trace.text()}\n`);
        if (result.violations.length > 0)
          throw new Error(`${report(seed, kind, result)}\n\nThe whole trace: ${keep(seed, kind, result)}`);
        // A seed may end with all of its runs removed.
        runs += result.runs;
      }
      if (SIM_SEED === undefined) expect(runs).toBeGreaterThan(seeds.length);
    });
  });
}
