/**
 * How a value that devalue doesn't know by itself lies in the journal: as a plain object with the value's own fields
 * under their own names, so that devalue's path to a part that can't be carried is the user's path, and with what kind
 * of value it is under `~`. The names that could be taken for ours, that would be ordered before ours, or that would
 * set a prototype, get a `~` in front.
 */

/** Holds an array: the kind, then primitives (and arrays of them) that belong to it. Always the first key. */
export const META = '~';
/** Holds the data of a class with its own `encode`. */
export const DATA = '~data';
/** Comes after `DATA`, so that the encoder notices when it has walked all of the data. */
export const END = '~end';

export type Payload = Record<string, unknown>;

/** What devalue calls all of our own kinds. */
export const TYPE = '~';

export const fieldKey = (key: string): string => (/^(?:~|\d|__proto__$)/.test(key) ? `~${key}` : key);

const ownKey = (key: string): string => (key.startsWith('~') ? key.slice(1) : key);

/** The user's fields of a payload under their own names. */
export function* fieldsOf(payload: Payload): Generator<[string, unknown]> {
  for (const key of Object.keys(payload)) {
    if (key !== META && key !== DATA && key !== END) yield [ownKey(key), payload[key]];
  }
}

/** Defines a property without calling setters, so that `__proto__` and accessors of a class are harmless. */
export function define(target: object, key: string, value: unknown, enumerable = true): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** Turns devalue's path through payloads into the path in the user's value. */
export const userPath = (path: string): string =>
  path.replaceAll(`["${DATA}"]`, '').replaceAll(/\["~(\d+)"\]/g, '[$1]');
