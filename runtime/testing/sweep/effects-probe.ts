/** What effects have led to, seen by a function of the test. */

import { isDeepStrictEqual } from 'node:util';
import { MisuseError } from '../../base/errors.ts';
import { outsideNotCopied } from '../../base/messages/testing.ts';
import { differenceOf, type OutcomeDifference } from '../runtime/differences.ts';

/** Looks at what is outside; a look is worth something when what it shows changes. */
export class EffectsProbe {
  readonly #look: (() => unknown) | undefined;
  #seen: unknown;

  constructor(look: (() => unknown) | undefined) {
    this.#look = look;
  }

  /** How it is now is how it has to be. */
  async note(): Promise<void> {
    this.#seen = await this.#copy();
  }

  /** The first difference to what was noted. */
  async compare(): Promise<OutcomeDifference | undefined> {
    const now = await this.#copy();
    return isDeepStrictEqual(this.#seen, now) ? undefined : differenceOf(this.#seen, now, 'outside');
  }

  /** A copy, since the state outside continues to change. */
  async #copy(): Promise<unknown> {
    const seen: unknown = await this.#look?.();
    try {
      return structuredClone(seen);
    } catch (error) {
      throw new MisuseError(outsideNotCopied((error as Error).message));
    }
  }
}
