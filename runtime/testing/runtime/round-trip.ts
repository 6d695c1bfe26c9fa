import { MisuseError, SerializationError } from '../../base/errors.ts';
import { roundTripNotDurable } from '../../base/messages/testing.ts';
import type { AnyFunction } from '../../functions/definition.ts';
import { definitionOf } from '../../functions/definitions.ts';
import { decode, encodeError, encodeResult } from '../../values/codec.ts';
import { quietly } from '../../values/loss-warnings.ts';
import { lossesOf } from '../../values/losses.ts';

export interface RoundTripOptions {
  /** Takes the value as thrown by a step, not as returned. Errors are the same either way. */
  readonly thrown?: boolean;
  /** A durable function, whose module names classes. Those of all loaded modules are known anyway. */
  readonly in?: AnyFunction;
}

/** What became of a part of a value. */
export interface Lost {
  /** Where it was: `value.response.request`. */
  readonly path: string;
  /** What was left out: `a ClientRequest`, `the methods of an AxiosHeaders`. */
  readonly what: string;
}

export interface RoundTrip<T> {
  /** What the durable function gets; undefined if the value is refused. */
  readonly value: T | undefined;
  /** What isn't in it. Using it throws, or it is undefined; a warning says so once. */
  readonly lost: readonly Lost[];
  /** Why the value can't be written to a journal, with the `path` to the part; the step would fail with this error. */
  readonly refused: SerializationError | undefined;
}

/**
 * Shows what a value becomes in a journal: what a durable function gets of a step that returns or throws it.
 *
 * @throws MisuseError if `in` isn't a compiled durable function
 */
export async function roundTrip<T>(value: T, options: RoundTripOptions = {}): Promise<RoundTrip<T>> {
  const { thrown = false, in: fn } = options;
  const definition = fn && definitionOf(fn);
  if (fn !== undefined && definition === undefined) throw new MisuseError(roundTripNotDurable());
  const classes = definition?.classes;
  try {
    const encode = thrown ? encodeError : encodeResult;
    const text = await quietly(async () => encode(value, 'value', classes));
    const lost = lossesOf(value, thrown, classes).map(({ path, what }) => ({ path: `value${path}`, what }));
    return { value: decode(text, classes) as T, lost, refused: undefined };
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    return { value: undefined, lost: [], refused: error };
  }
}
