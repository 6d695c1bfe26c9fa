/** Reads of one place more than once, where the code of a getter or a proxy decides what each gives. */
import { isDeepStrictEqual } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { anotherOutcome } from '../base/messages/steps.ts';
import { readAgain } from '../base/messages/warnings.ts';
import { isNews } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';
import { sourceOf } from './keeping-getters.ts';
import { isSamePlace, type Place } from './read-sights.ts';

interface PlacedRead {
  readonly text: string;
  /** The promise of the step. */
  readonly step: unknown;
  /** This process has read it. */
  readonly isRead: boolean;
}

/** The reads of a run, by their places. */
export class ReadPlaces {
  readonly #places = new WeakMap<object, { readonly place: Place; readonly reads: PlacedRead[] }[]>();

  /**
   * @returns reads of the journal, by places, that may have given the promise that this one gives. None of a place that this
   * process has read since: then the promise itself tells.
   */
  add(place: Place, read: PlacedRead): readonly (readonly PlacedRead[])[] {
    const known = this.#places.get(place.holder) ?? [];
    this.#places.set(place.holder, known);
    if (!known.some((one) => isSamePlace(one.place, place))) known.push({ place, reads: [] });
    const likely: PlacedRead[][] = [];
    for (const one of known) {
      const isSame = isSamePlace(one.place, place);
      if (!isSame && !isAlike(one.place, place)) continue;
      const before = one.reads.filter((other) => other !== read);
      if (before.at(-1)?.isRead === false) likely.push(before.filter(({ isRead }) => !isRead));
      if (isSame && before.length === one.reads.length) one.reads.push(read);
    }
    return likely;
  }
}

/** Whether two getters of one object may give one promise, as far as their sources tell: both return the same, or one names the other. */
function isAlike(one: Place, other: Place): boolean {
  if (one.getter === undefined || other.getter === undefined || one.getter === other.getter) return false;
  const [first, second] = [sourceOf(one.getter), sourceOf(other.getter)];
  const returned = RETURNED.exec(first)?.[1];
  return (
    (returned !== undefined && returned === RETURNED.exec(second)?.[1]) ||
    names(first, other.rest[0]) ||
    names(second, one.rest[0])
  );
}

const RETURNED = /\breturn\s+([^;}]+?)\s*;?\s*\}$/;

const names = (source: string, key: PropertyKey | null | undefined): boolean =>
  typeof key === 'string' && source.split(/[^\w$.#]+/).some((part) => `${part}.`.startsWith(`this.${key}.`));

/**
 * The getter is called where the code reads it, and nowhere else. So it isn't known whether it gave the same promise before the
 * restart. That makes a difference if the outcome is another one, unless the getter had several outcomes before.
 *
 * @param likely reads of the journal, by places
 */
export function unlessAnother(
  value: object,
  likely: readonly (readonly PlacedRead[])[],
  text: string,
): unknown {
  if (likely.length === 0) return value;
  const before = likely.map((reads) => Promise.allSettled(reads.map(({ step }) => step)));
  return Promise.all([Promise.allSettled([value]), ...before]).then(([[now], ...places]) => {
    const isAnother = places.some(
      (recorded) =>
        !isDeepStrictEqual(now, recorded.at(-1)) &&
        recorded.every((one) => isDeepStrictEqual(one, recorded[0])),
    );
    if (isAnother) throw new MisuseError(anotherOutcome(text));
    return value;
  });
}

/** Says in the first process what may happen in another one. A promise without a value has the same outcome there. */
export function tellKept(promise: object, text: string): void {
  const tell = (value: unknown): void => {
    if (value !== undefined && isNews(`read again: ${text}`))
      emitWarning('USE_DURABLE_READ_AGAIN', readAgain(text));
  };
  Promise.resolve(promise).then(tell, () => undefined);
}
