/** Own properties: those that a value of its kind hasn't always, the hidden ones among them, and whether it is frozen. */
import { types } from 'node:util';
import { fieldKey, symbolName } from './layout.ts';
import { isBareView } from './lists.ts';

export type Key = string | symbol;

/** How far an object is closed to changes; empty for one that is open. */
export type Level = '' | 'closed' | 'sealed' | 'frozen';

export interface Own {
  readonly keys: readonly Key[];
  /** Those of the keys that aren't enumerable. */
  readonly hidden: readonly Key[];
  readonly level: Level;
  /** A symbol among the keys that means nothing in another process. */
  readonly unnamed: symbol | undefined;
}

export const NOTHING: Own = { keys: [], hidden: [], level: '', unnamed: undefined };

/** Which own keys values of a kind always have, or have for the language's or Node's own use. */
export type Implied = (key: Key, value: object) => boolean;

const isIndex = (key: Key): boolean => typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key);
/** Of classes that Node implements, which keep their state under symbols in some versions. */
const isInternal = (key: Key): boolean => typeof key === 'symbol' && symbolName(key) === undefined;

export const ofObject: Implied = () => false;
export const ofArray: Implied = (key) => key === 'length';
export const ofArguments: Implied = (key) => key === 'length' || key === 'callee' || key === Symbol.iterator;
/** Responses from a journal have `url` and others as own properties. */
export const ofResponse: Implied = (key) =>
  isInternal(key) || ['url', 'redirected', 'type', 'clone'].includes(key as string);
export const ofHttp: Implied = isInternal;

export function impliedBy(tag: string): Implied {
  if (tag === 'RegExp') return (key) => key === 'lastIndex';
  if (tag === 'String') return (key) => key === 'length' || isIndex(key);
  // Tests that fake the clock put a Date there whose instances name the real one.
  if (tag === 'Date') return (key, date) => key === 'constructor' && isClassOfDates(Reflect.get(date, key));
  if (tag.endsWith('Array')) return isIndex;
  return tag.startsWith('URL') ? isInternal : ofObject;
}

const isClassOfDates = (value: unknown): boolean => typeof value === 'function' && value.name === 'Date';

export function ownOf(value: object, implied: Implied): Own {
  let keys = Reflect.ownKeys(value).filter((key) => !implied(key, value));
  let hidden = keys.filter((key) => !Object.prototype.propertyIsEnumerable.call(value, key));
  // A hidden getter is not data: it is made to be left out, like the signal of `currentStep()`.
  const getters = hidden.filter((key) => Object.getOwnPropertyDescriptor(value, key)?.get !== undefined);
  if (getters.length > 0) {
    keys = keys.filter((key) => !getters.includes(key));
    hidden = hidden.filter((key) => !getters.includes(key));
  }
  const unnamed = keys.find((key) => typeof key === 'symbol' && symbolName(key) === undefined);
  return { keys, hidden, level: levelOf(value), unnamed: unnamed as symbol | undefined };
}

/** As `ownOf`, for values of built-in classes, which hardly ever have any. */
export function ownOfBuiltin(value: object, tag: string): Own {
  // To list the keys of a typed array is to make a text of each index.
  if (types.isTypedArray(value) && Object.isExtensible(value) && isBareView(value)) return NOTHING;
  return ownOf(value, impliedBy(tag));
}

export const isUsual = ({ keys, level }: Own): boolean => keys.length === 0 && level === '';

export function levelOf(value: object): Level {
  if (Object.isExtensible(value)) return '';
  // Elements of typed arrays can't be frozen or sealed, although the language may report otherwise.
  if (ArrayBuffer.isView(value)) return 'closed';
  if (Object.isFrozen(value)) return 'frozen';
  return Object.isSealed(value) ? 'sealed' : 'closed';
}

/** @returns the value of `OWN` in a payload; undefined if there is nothing to say */
export function ownMeta(level: Level, hidden: readonly Key[]): readonly string[] | undefined {
  return level === '' && hidden.length === 0 ? undefined : [level, ...hidden.map(fieldKey)];
}

export function close(value: object, level: unknown): void {
  if (level === 'frozen') Object.freeze(value);
  else if (level === 'sealed') Object.seal(value);
  else if (level === 'closed') Object.preventExtensions(value);
}
