/** One walk over one value: decides of each part whether it is devalue's, ours, or nobody's. */
import { Buffer } from 'node:buffer';
import { DevalueError, defaultStringifyOperations, stringify } from 'devalue';
import { SerializationError } from '../errors.ts';
import { type ClassEntry, type ClassScope, findByInstance } from './classes.ts';
import { errorPayload, isError } from './errors.ts';
import { durableIdOf } from './functions.ts';
import { headersPayload, isHeaders, isRequest, isResponse, requestPayload, responsePayload } from './http.ts';
import { DATA, END, fieldKey, META, type Payload, TYPE, userPath } from './layout.ts';
import { Layouts, type Part, partOf } from './parts.ts';
import { advise, describe, refuse, refuseThrown, rootOf } from './refusals.ts';

export interface EncodingOptions {
  readonly what: string;
  readonly classes: ClassScope | undefined;
  /** Leaves out what can't be carried of an error's properties, so that the failure itself isn't lost. */
  readonly lenient: boolean;
  /** What was read of the value already. */
  readonly read?: ReadonlyMap<object, ReadonlyMap<string, unknown>>;
  /** What is kept of values that can't be carried whole. */
  readonly parts?: ReadonlyMap<object, Part>;
}

const SYMBOL_KEY = 'has a symbol as a key. Symbols have no meaning in another process; use a string.';

const hasSymbolKey = (value: object): boolean =>
  Object.getOwnPropertySymbols(value).some((key) => Object.prototype.propertyIsEnumerable.call(value, key));

export class Encoding {
  /** Bodies found on the way; they are read by the caller, since that is asynchronous. */
  readonly bodies: (Request | Response)[] = [];
  readonly #options: EncodingOptions;
  readonly #layouts = new Layouts();
  /** Instances whose own encoding is being walked: their data must not lead back to them. */
  readonly #open = new Set<object>();
  /** Those instances by their payloads. */
  readonly #encoded = new Map<object, object>();
  /** Which values of properties of errors can be carried. */
  readonly #carried: WeakMap<object, boolean>;
  /** Why the value seen last is nobody's, if that needs other words than its class. */
  #fault: string | undefined;

  constructor(options: EncodingOptions, carried = new WeakMap<object, boolean>()) {
    this.#options = options;
    this.#carried = carried;
  }

  /** @throws SerializationError with the path to the part that can't be carried */
  run(value: unknown): string {
    try {
      return stringify(value, { [TYPE]: (part) => this.#reduce(part) }, { operations: this.#operations });
    } catch (error) {
      throw this.#explain(error);
    }
  }

  readonly #operations: Partial<typeof defaultStringifyOperations> = {
    identify: (value) => {
      if (this.#open.size > 0 && this.#open.has(value)) {
        throw this.#refuse(
          '',
          `holds ${describe(value)} whose own encoding leads back to it. Encode it without.`,
        );
      }
      return value;
    },
    // Promises are refused like every other foreign object; devalue's own word for them would be wrong here.
    isThenable: () => false,
    tagOf: (value) => (this.#fault === undefined ? this.#tagOf(value) : 'refused'),
    get: (container, key) => {
      if (key === END) this.#open.delete(this.#encoded.get(container)!);
      const read = this.#options.read?.get(container);
      return read?.has(String(key)) ? read.get(String(key)) : container[key];
    },
  };

  /** Devalue goes by the tag alone, which would make a Map of a subclass of Map. */
  #tagOf(value: object): string {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) return 'Object';
    const tag = defaultStringifyOperations.tagOf(value);
    const own = tag.startsWith('Temporal.') ? tag.slice('Temporal.'.length) : tag;
    // A test that fakes timers puts a class of another name in the place of Date.
    const known = prototype.constructor?.name === own || (own === 'Date' && prototype === Date.prototype);
    return known ? tag : 'refused';
  }

  /** The payload of a part that is ours; undefined leaves the part to devalue. */
  #reduce(part: unknown): Payload | undefined {
    this.#fault = undefined;
    if (typeof part === 'function') {
      const id = durableIdOf(part);
      return id === undefined ? undefined : { [META]: ['function', id] };
    }
    if (typeof part !== 'object' || part === null) return undefined;
    const kept = this.#options.parts?.get(part) ?? partOf(part);
    if (kept !== undefined) return this.#part(part, kept);
    const prototype = Object.getPrototypeOf(part);
    if (prototype === Object.prototype || prototype === null) return this.#plain(part, prototype);
    if (prototype === Array.prototype) return this.#array(part as unknown[]);
    const entry = findByInstance(part, this.#options.classes);
    if (entry?.encode !== undefined) return this.#custom(part, entry, entry.encode);
    if (isError(part)) return errorPayload(part, entry, (error, key) => this.#pick(error, key));
    if (entry !== undefined) return this.#instance(part, entry);
    if (Buffer.isBuffer(part)) return { [META]: ['buffer', part.toString('base64')] };
    return this.#http(part);
  }

  #plain(part: object, prototype: object | null): Payload | undefined {
    if (hasSymbolKey(part)) return this.#blame(SYMBOL_KEY);
    // Devalue refuses the key that would set a prototype where it is assigned.
    if (!Object.hasOwn(part, '__proto__')) return undefined;
    return { [META]: ['object', prototype === null], ...this.#fields(part, Object.keys(part)) };
  }

  /** An array with properties of its own, such as a match of a regular expression. */
  #array(part: unknown[]): Payload | undefined {
    const keys = Object.keys(part);
    const last = keys.at(-1);
    if (last === undefined || /^\d+$/.test(last)) return undefined;
    return { [META]: ['array', part.length], ...this.#fields(part, keys) };
  }

  #part(part: object, { layout, fields }: Part): Payload {
    const meta = this.#layouts.meta(layout, Array.isArray(part) ? part.length : undefined);
    return { [META]: meta, ...Object.fromEntries([...fields].map(([key, value]) => [fieldKey(key), value])) };
  }

  #custom(part: object, entry: ClassEntry, encode: (instance: object) => unknown): Payload {
    const payload = { [META]: ['custom', entry.id], [DATA]: encode(part), [END]: null };
    this.#open.add(part);
    this.#encoded.set(payload, part);
    return payload;
  }

  #instance(part: object, entry: ClassEntry): Payload | undefined {
    if (entry.builtin !== undefined) {
      return this.#blame(
        `is ${describe(part)}, and what a ${entry.builtin} holds are not properties. ` +
          `Give registerClass() an encode and a decode for it.`,
      );
    }
    if (hasSymbolKey(part)) return this.#blame(SYMBOL_KEY);
    return { [META]: ['instance', entry.id], ...this.#fields(part, Object.keys(part)) };
  }

  #http(part: object): Payload | undefined {
    if (isHeaders(part)) return headersPayload(part);
    const response = isResponse(part);
    if (!response && !isRequest(part)) return undefined;
    if (part.bodyUsed && !this.#options.lenient) {
      return this.#blame(
        `is ${describe(part)} whose body has been read already. Use what was read, or clone() it before.`,
      );
    }
    const bodies = { add: (source: Request | Response): number => this.bodies.push(source) - 1 };
    return response ? responsePayload(part, bodies) : requestPayload(part as Request, bodies);
  }

  #fields(part: object, keys: string[]): Payload {
    return Object.fromEntries(keys.map((key) => [fieldKey(key), this.#operations.get!(part, key)]));
  }

  #blame(fault: string): undefined {
    this.#fault = fault;
  }

  /** A property of an error, in a list that is empty if a lenient encoding has to do without it. */
  #pick(error: Error, key: string): readonly unknown[] {
    try {
      const value: unknown = Reflect.get(error, key);
      return !this.#options.lenient || this.#isKept(value) ? [value] : [];
    } catch (thrown) {
      if (this.#options.lenient) return [];
      throw thrown;
    }
  }

  #isKept(value: unknown): boolean {
    if (typeof value === 'symbol' || this.#isForeign(value)) return false;
    if (typeof value !== 'object' || value === null) return true;
    if (isError(value)) return true;
    let carried = this.#carried.get(value);
    if (carried === undefined) {
      carried = this.#isCarried(value);
      this.#carried.set(value, carried);
    }
    return carried;
  }

  #isForeign(value: unknown): boolean {
    return typeof value === 'function' && durableIdOf(value) === undefined;
  }

  #isCarried(value: object): boolean {
    // Taken as carried while it is tried, or a value that leads back to its error would be tried for ever.
    this.#carried.set(value, true);
    const trial = new Encoding(this.#options, this.#carried);
    try {
      trial.run(value);
      return true;
    } catch {
      return false;
    }
  }

  #explain(error: unknown): SerializationError {
    if (error instanceof SerializationError) return error;
    if (error instanceof DevalueError) {
      const { path, value: part } = error as DevalueError & { path: string; value: unknown };
      const root = rootOf(this.#options.what);
      const fault = this.#fault ?? `is ${describe(part)}. ${advise(part, root)}`;
      return this.#refuse(userPath(path), fault);
    }
    return refuseThrown(this.#options.what, error);
  }

  #refuse(path: string, fault: string, cause?: unknown): SerializationError {
    return refuse(this.#options.what, path, fault, cause);
  }
}
