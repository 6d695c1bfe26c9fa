/** The programs that the compiler is tested with are right: a sweep finds nothing wrong with any of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { crashSweep, lasting, type StepImplementations } from '../../../../runtime/testing/index.ts';
import { emitThroughText, load, runnableFixtures } from '../../../support/fixtures.ts';
import { sample } from '../../../support/tier.ts';

/** Answers after so many ms of the test's time, or fails when it is aborted. */
function request(what: string, ms: number, { signal }: { signal: AbortSignal }): Promise<string> {
  const answer = lasting(ms, () => `${what} answered`)();
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason)),
  );
  return Promise.race([answer, stopped]);
}

/** Steps that a timer of the body stops while they are at work: time would stand still for them. */
const STEPS: Readonly<Record<string, StepImplementations>> = {
  'timers-in-the-body': {
    request,
    'request#6': (...args: Parameters<typeof request>) => request(...args).catch(String),
  },
};

describe('crashSweep finds nothing wrong with', () => {
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockReturnValue();
  });
  afterEach(() => void vi.restoreAllMocks());

  it.each(sample(runnableFixtures(), 20))('$name', async (fixture) => {
    const { main } = await load(fixture, 'sweep', emitThroughText(fixture));
    expect(main).toBeTypeOf('function');
    await crashSweep(main as AnyFunction, [], { steps: STEPS[fixture.name] ?? {} });
  });
});
