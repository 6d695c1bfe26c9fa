import { MisuseError } from './errors.ts';
import { nameEmpty, nameHasHalfCharacter, nameTooLong } from './messages/options.ts';

/** Half of a pair, which no text outside of JavaScript can hold: two such names would be one in a file. */
export const LONE_SURROGATE = /\p{Surrogate}/u;

/** Names are part of rows and indexes, and of each event that concerns them. */
const LONGEST = 10_000;

/**
 * Ids of runs, and names that stores keep.
 *
 * @param what names it in messages: `start: the id of a run`
 * @throws MisuseError if it is no text, empty, too long, or no valid Unicode
 */
export function checkName(what: string, name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '') {
    throw new MisuseError(nameEmpty(what));
  }
  checkLength(what, name);
  if (LONE_SURROGATE.test(name)) {
    throw new MisuseError(nameHasHalfCharacter(what));
  }
}

/** @throws MisuseError for a name that is longer than any that is meant */
export function checkLength(what: string, name: string): void {
  if (name.length <= LONGEST) return;
  throw new MisuseError(nameTooLong(what, name.length, LONGEST));
}
