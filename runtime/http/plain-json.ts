/** Results of runs as JSON for people and programs that don't know our codec. */

import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { DurableError } from '../base/errors.ts';
import { noJsonFor } from '../base/messages/errors.ts';
import { aKind, anObjectInItself, nestedTooDeeply } from '../base/messages/http.ts';

/** Deeper values are refused before the stack is used up. */
const MAX_DEPTH = 1000;

/** A result that JSON can't carry, not even in another form. */
export class NotJsonError extends DurableError {
  constructor(path: string, what: string) {
    super('NOT_JSON', noJsonFor(path, what));
  }
}

/**
 * Converts a value to one that JSON.stringify can write, with only types being lost:
 * - Date, URL and objects with a `toJSON` method: its return value;
 * - bigint: its decimal digits, in a string; NaN and the infinities: null;
 * - Map and Headers: an array of [key, value]; Set: an array;
 * - typed arrays and ArrayBuffers: base64 of their bytes; RegExp: its source, as written;
 * - Error: { code, message };
 * - other objects: their own enumerable properties, without those that are undefined.
 *
 * @throws NotJsonError with the path to a value without such a form: cycles, Requests, Responses, functions, symbols
 */
export function plainJson(value: unknown): unknown {
  return new Writer().write(value, 'result');
}

class Writer {
  /** The objects that the current one is inside of. */
  readonly #open = new Set<object>();

  write(value: unknown, path: string): unknown {
    switch (typeof value) {
      case 'bigint':
        return String(value);
      case 'function':
      case 'symbol':
        throw new NotJsonError(path, aKind(typeof value));
      case 'object':
        return value === null ? null : this.#object(value, path);
      default:
        return value;
    }
  }

  #object(value: object, path: string): unknown {
    if (this.#open.has(value)) throw new NotJsonError(path, anObjectInItself());
    if (this.#open.size >= MAX_DEPTH) throw new NotJsonError(path, nestedTooDeeply());
    this.#open.add(value);
    try {
      return this.#content(value, path);
    } finally {
      this.#open.delete(value);
    }
  }

  #content(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#list(value, path);
    if (value instanceof Error) return describeThrown(value);
    if (types.isMap(value) || value instanceof Headers) return this.#list([...value], path);
    if (types.isSet(value)) return this.#list([...value], path);
    if (types.isRegExp(value)) return String(value);
    if (types.isAnyArrayBuffer(value)) return Buffer.from(value).toString('base64');
    if (ArrayBuffer.isView(value)) {
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    }
    for (const kind of [Request, Response]) {
      if (value instanceof kind) throw new NotJsonError(path, aKind(kind.name));
    }
    const toJson: unknown = Reflect.get(value, 'toJSON');
    if (typeof toJson === 'function') return this.write(Reflect.apply(toJson, value, ['']), path);
    const fields = Object.entries(value).map(([name, field]): [string, unknown] => [
      name,
      this.write(field, `${path}.${name}`),
    ]);
    // Defines every property, `__proto__` too, instead of assigning it.
    return Object.fromEntries(fields);
  }

  #list(items: readonly unknown[], path: string): unknown[] {
    return Array.from(items, (item, index) => this.write(item, `${path}[${index}]`));
  }
}

/** What a run threw, without its stack. */
export function describeThrown(thrown: unknown): { readonly code: string; readonly message: string } {
  if (!(thrown instanceof Error)) return { code: 'THROWN', message: shown(thrown) };
  const code: unknown = Reflect.get(thrown, 'code');
  return { code: typeof code === 'string' ? code : thrown.name, message: thrown.message };
}

function shown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(plainJson(thrown)) ?? String(thrown);
  } catch {
    return `a ${typeof thrown}`;
  }
}
