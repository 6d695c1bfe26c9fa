import { formatWithOptions } from 'node:util';
import type { TestHooks } from '../../run/test-hooks.ts';
import type { OutcomeDifference } from './differences.ts';

/** What the body of a run prints, whether or not it is printed again. */
export class Lines {
  readonly #runId: string;
  readonly #isSilent: boolean;
  readonly printed: string[] = [];

  /** @param isSilent lets nothing be printed really, by any run */
  constructor(runId: string, isSilent: boolean) {
    this.#runId = runId;
    this.#isSilent = isSilent;
  }

  readonly prints: NonNullable<TestHooks['prints']> = (runId, method, args) => {
    if (runId === this.#runId) this.printed.push(`${method}: ${formatWithOptions({ depth: 10 }, ...args)}`);
    return !this.#isSilent;
  };
}

/**
 * The first difference between the lines of two executions.
 *
 * @param ended whether the second one came to its end; if not, lines may be missing
 */
export function compareLines(
  whole: readonly string[],
  printed: readonly string[],
  ended: boolean,
): OutcomeDifference | undefined {
  const count = ended ? Math.max(whole.length, printed.length) : printed.length;
  for (let index = 0; index < count; index++) {
    const [expected = 'it prints nothing more', actual = 'it prints nothing more'] = [
      whole[index],
      printed[index],
    ];
    if (expected !== actual) return { what: `line ${index + 1} that it prints differs`, expected, actual };
  }
  return undefined;
}
