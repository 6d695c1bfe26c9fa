/** The programs that the compiler is tested with are right: a sweep finds nothing wrong with any of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnyFunction } from '../../runtime/definitions.ts';
import { crashSweep } from '../../runtime/testing/index.ts';
import { emitThroughText, fixtures, load } from '../support/fixtures.ts';

describe('crashSweep finds nothing wrong with', () => {
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockReturnValue();
  });
  afterEach(() => void vi.restoreAllMocks());

  it.each(fixtures())('$name', async (fixture) => {
    const { main } = await load(fixture, 'sweep', emitThroughText(fixture));
    expect(main).toBeTypeOf('function');
    await crashSweep(main as AnyFunction, []);
  });
});
