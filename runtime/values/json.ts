/**
 * The short way for values that JSON carries without loss: most results of steps are such, and JSON is several times
 * faster than devalue, above all to read. The text is built here instead of by JSON.stringify, which drops
 * `undefined`, calls `toJSON` and would read every property a second time after the check.
 */

import { isBareList } from './lists.ts';

/** Values with more objects and arrays than this go the long way at once, so that little is walked twice. */
const MAX_CONTAINERS = 256;

/** Stops the walk. */
const NO = undefined;

/** Names of properties repeat from value to value; quoted they are kept, as many and as long as these. */
const MAX_QUOTED = 1024;
const MAX_QUOTED_LENGTH = 64;
const quotedKeys = new Map<string, string>();

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes these, and halves of surrogate pairs.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** As JSON.stringify, but without its cost for the many strings that need no escapes. */
const quote = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);

/** With the colon. */
function quoteKey(key: string): string {
  let quoted = quotedKeys.get(key);
  if (quoted !== undefined) return quoted;
  quoted = `${JSON.stringify(key)}:`;
  if (key.length > MAX_QUOTED_LENGTH) return quoted;
  if (quotedKeys.size >= MAX_QUOTED) quotedKeys.clear();
  quotedKeys.set(key, quoted);
  return quoted;
}

export class JsonWalk {
  readonly #seen: object[] = [];
  readonly #values: unknown[][] = [];

  /** The JSON of a value; undefined if JSON would lose or change a part of it, or share an object no more. */
  text(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : NO;
      case 'boolean':
        return String(value);
      case 'object':
        return value === null ? 'null' : this.#container(value);
      default:
        return NO;
    }
  }

  /** What was read of each object and array, by its keys, so that a getter isn't called again on the long way. */
  read(): ReadonlyMap<object, ReadonlyMap<string, unknown>> {
    const read = new Map<object, Map<string, unknown>>();
    for (const [i, container] of this.#seen.entries()) {
      const keys = Array.isArray(container) ? undefined : Object.keys(container);
      const fields = new Map<string, unknown>();
      // Those after the one that stopped the walk are holes.
      this.#values[i]!.forEach((value, j) => {
        fields.set(keys?.[j] ?? String(j), value);
      });
      read.set(container, fields);
    }
    return read;
  }

  #container(value: object): string | undefined {
    // A second reference to one object must come back as one object. The list is short, so a set would be slower.
    if (this.#seen.length >= MAX_CONTAINERS || this.#seen.includes(value)) return NO;
    const prototype: unknown = Object.getPrototypeOf(value);
    const isArray = Array.isArray(value);
    // Asked before its keys: those of a large typed array are millions of texts.
    if (prototype !== (isArray ? Array.prototype : Object.prototype)) return NO;
    if (!Object.isExtensible(value)) return NO;
    return isArray ? this.#array(value) : this.#object(value);
  }

  #array(array: readonly unknown[]): string | undefined {
    // That it has no holes is seen below.
    if (!isBareList(array)) return NO;
    const values = this.#open(array, array.length);
    let text = '[';
    // A hole reads as undefined, which is nothing that JSON carries either.
    for (let i = 0; i < values.length; i++) {
      values[i] = array[i];
      const json = this.text(values[i]);
      if (json === NO) return NO;
      text += i === 0 ? json : `,${json}`;
    }
    return `${text}]`;
  }

  #object(value: object): string | undefined {
    const keys = Object.keys(value);
    // Hidden ones are among the names.
    if (Object.getOwnPropertyNames(value).length !== keys.length) return NO;
    if (Object.getOwnPropertySymbols(value).length > 0) return NO;
    const values = this.#open(value, keys.length);
    let text = '{';
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const field: unknown = (value as Record<string, unknown>)[key];
      values[i] = field;
      const json = this.text(field);
      if (json === NO) return NO;
      text += (i === 0 ? '' : ',') + quoteKey(key) + json;
    }
    return `${text}}`;
  }

  /** Where the values of a container are kept, as they are read. */
  #open(container: object, length: number): unknown[] {
    const values = new Array<unknown>(length);
    this.#seen.push(container);
    this.#values.push(values);
    return values;
  }
}
