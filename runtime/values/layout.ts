import { symbolUnknown } from '../base/messages/values.ts';
/**
 * How a value that devalue doesn't know is written to the journal: as a plain object with the value's own fields under their
 * own names, and the kind of value under `~`. So devalue's path to a part that can't be written is the user's path. A name gets
 * the prefix `~` if it could be taken for one of ours, would be ordered before ours, or would set a prototype. So do the names
 * of symbols that have the same meaning in each process.
 */

/** Holds an array: the kind, then primitives (and arrays of them) that belong to it. Always the first key. */
export const META = '~';
/** Holds how the own properties differ from usual ones: how far the value is frozen, then the keys that are hidden. */
export const OWN = '~own';
/** Holds the data of a class with its own `encode`, and what collections contain. */
export const DATA = '~data';
/** Comes after `DATA`, so that the encoder notices when it has walked all of the data. */
export const END = '~end';

export type Payload = Record<string, unknown>;

/** What devalue calls all of our own kinds. */
export const TYPE = '~';

/** `Symbol.iterator` and the like, which are the same in every process. */
const WELL_KNOWN = new Map(
  Object.getOwnPropertyNames(Symbol)
    .map((name) => [Reflect.get(Symbol, name) as unknown, name] as const)
    .filter((entry): entry is [symbol, string] => typeof entry[0] === 'symbol'),
);

/** The name of a symbol that every process has, registered ones (`Symbol.for`) first; undefined for all others. */
export function symbolName(symbol: symbol): string | undefined {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return `@for:${key}`;
  const name = WELL_KNOWN.get(symbol);
  return name === undefined ? undefined : `@the:${name}`;
}

/** The symbol with a name that `symbolName` returned. */
export function symbolOf(name: string): symbol {
  const key = name.slice(5);
  const symbol: unknown = name.startsWith('@for:') ? Symbol.for(key) : Reflect.get(Symbol, key);
  if (typeof symbol !== 'symbol') throw new Error(symbolUnknown(key));
  return symbol;
}

/** The key of a property in a payload; only for symbols with a name. */
export function fieldKey(key: string | symbol): string {
  if (typeof key === 'symbol') return `~${symbolName(key)}`;
  return /^(?:~|\d|__proto__$)/.test(key) ? `~${key}` : key;
}

function ownKey(key: string): string | symbol {
  if (/^~@(?:for|the):/.test(key)) return symbolOf(key.slice(1));
  return key.startsWith('~') ? key.slice(1) : key;
}

/** The user's fields of a payload under their own names. */
export function* fieldsOf(payload: Payload): Generator<[string | symbol, unknown]> {
  for (const key of Object.keys(payload)) {
    if (key !== META && key !== OWN && key !== DATA && key !== END) yield [ownKey(key), payload[key]];
  }
}

/** Defines a property without calling setters, so that `__proto__` and accessors of a class are harmless. */
export function define(target: object, key: string | symbol, value: unknown, enumerable = true): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** A key as the end of a path: `.name`, `[7]`, `["a b"]`, `[Symbol.iterator]`. */
export function pathOf(key: string | symbol | number): string {
  if (typeof key === 'number') return `[${key}]`;
  if (typeof key === 'symbol') {
    const name = symbolName(key);
    if (name === undefined) return `[${String(key)}]`;
    return name.startsWith('@for:')
      ? `[Symbol.for(${JSON.stringify(name.slice(5))})]`
      : `[Symbol.${name.slice(5)}]`;
  }
  if (/^(?:0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Turns devalue's path through payloads into the path in the user's value. */
export const userPath = (path: string): string =>
  path
    .replaceAll(`["${DATA}"]`, '')
    .replaceAll(/\["~(\d+)"\]/g, '[$1]')
    .replaceAll(/\["~@for:((?:[^"\\]|\\.)*)"\]/g, '[Symbol.for("$1")]')
    .replaceAll(/\["~@the:(\w+)"\]/g, '[Symbol.$1]');
