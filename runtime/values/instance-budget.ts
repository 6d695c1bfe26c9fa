import { tooManyCharacters } from '../base/messages/values.ts';

const MAX_DEPTH = 8;
const MAX_OBJECTS = 2_000;
/** In characters of texts, and in bytes. */
const MAX_SIZE = 1_048_576;

/** Limits what an error carries of instances of unknown classes, since one of them may lead to half of the process. */
export class InstanceBudget {
  #objects = MAX_OBJECTS;
  #size = MAX_SIZE;

  get isUsedUp(): boolean {
    return this.#objects <= 0;
  }

  /**
   * Counts an object. Returns false if it is one too many, or too deep.
   *
   * @param depth below the instance, from 1
   */
  admits(depth: number): boolean {
    return depth <= MAX_DEPTH && this.#objects-- > 0;
  }

  /** Counts characters or bytes. Returns what is left out if they are too many, undefined otherwise. */
  spend(size: number): string | undefined {
    if (size > this.#size) return tooManyCharacters(size);
    this.#size -= size;
    return undefined;
  }
}
