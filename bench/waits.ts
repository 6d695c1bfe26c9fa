import { createTestRuntime } from 'use-durable/testing';
import { loadPrograms } from './compile.ts';
import { compare, type Figure } from './measure.ts';

const ROUNDS = 8;
const SHORT = 50;
const LENGTHS = [400, 4000];
/** Waits in a round, whatever the length of a loop. */
const WAITS = 4000;

/**
 * A loop of a wait and a step on a clock that jumps: linear in its length, and nothing is executed twice.
 *
 * @throws Error if something was
 */
export async function waitFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const length of LENGTHS) {
    const figure = await compare(
      `wait + step, loop of ${length.toLocaleString('en')}, virtual clock`,
      '1 (linear)',
      ROUNDS,
      waitsRound(length),
      { name: `a loop of ${SHORT}`, round: waitsRound(SHORT) },
    );
    figures.push({ ...figure, reached: figure.reference?.ratio ?? 0 });
  }
  return figures;
}

function waitsRound(length: number): () => Promise<number> {
  return async () => {
    const { waits, passed } = await loadPrograms();
    for (let done = 0; done < WAITS; done += length) {
      const runtime = createTestRuntime();
      const before = passed.times;
      const run = await runtime.start(waits, [length]);
      await run.result();
      const counts = { steps: runtime.calls().length, passes: passed.times - before };
      await runtime.close();
      if (counts.steps !== length || counts.passes !== length) {
        throw new Error(`a loop of ${length} was executed more than once: ${JSON.stringify(counts)}`);
      }
    }
    return WAITS;
  };
}
