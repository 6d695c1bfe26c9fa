/**
 * Finds the parts that can be kept of a value that can't be written whole: a result of a step that is an instance of an
 * unregistered class, or contains one.
 *
 * Own properties and values of getters are kept. Left out, one by one, are functions, symbols and live objects: streams,
 * sockets, emitters, iterators, internal promises, and instances that show no data. Elements of an array or a collection can't
 * be left out, so then the whole collection is. A promise in plain data is most likely a forgotten `await`, so it is refused.
 */

import { types } from 'node:util';
import {
  A_FUNCTION,
  A_SYMBOL,
  AN_OBJECT_WITHOUT_DATA,
  aListWith,
  UNDER_A_SYMBOL,
} from '../base/messages/values.ts';
import { isAlive, isReadAnswer } from './alive.ts';
import { type ClassEntry, type ClassScope, findByInstance } from './classes.ts';
import { isError } from './errors.ts';
import { durableIdOf } from './functions.ts';
import { isHeaders, isRequest, isResponse } from './http.ts';
import { inherited, nameOf } from './instances.ts';
import { pathOf, symbolName } from './layout.ts';
import { type Layout, layoutOf, type Part } from './parts.ts';
import { describe } from './refusals.ts';

/** What can't be carried. */
interface Fault {
  readonly what: string;
  /** Where it is, if it refuses all around it. */
  readonly at?: string;
}

interface Draft {
  readonly fields: Map<string | symbol, unknown>;
  readonly hidden: string[];
  readonly thrown: string[];
  readonly lost: [string, string][];
}

/** Carried by devalue as they are. */
const BUILTINS = new Set<unknown>(
  [
    ...[Date, RegExp, URL, URLSearchParams, Number, String, Boolean, BigInt, ArrayBuffer, DataView],
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
      Reflect.get(globalThis, 'Float16Array'),
      Buffer,
    ],
    ...Object.values((Reflect.get(globalThis, 'Temporal') as object | undefined) ?? {}),
  ].map((cls) => (typeof cls === 'function' ? (cls.prototype as unknown) : undefined)),
);

export class Survey {
  readonly parts = new Map<object, Part>();
  /** What was left out, by its path. */
  readonly lost: string[] = [];
  /** Classes whose methods were left out. */
  readonly classes = new Set<string>();
  /** The path of a promise that was not awaited. */
  promise: string | undefined;
  readonly #scope: ClassScope | undefined;
  readonly #seen = new Map<object, Fault | undefined>();
  #foreign = false;

  constructor(scope: ClassScope | undefined) {
    this.#scope = scope;
  }

  /** Whether a value can be carried in part; then `parts` has what is kept of each object that isn't carried whole. */
  covers(value: unknown): boolean {
    try {
      const fault = this.#fault(value, '');
      this.promise = this.#foreign ? fault?.at : undefined;
      return fault === undefined && this.#foreign;
    } catch {
      // Too deep, or read by a getter or proxy that throws: the refusal says so.
      return false;
    }
  }

  #fault(value: unknown, path: string): Fault | undefined {
    if (typeof value === 'symbol') return { what: A_SYMBOL };
    if (typeof value === 'function')
      return durableIdOf(value) === undefined ? { what: describe(value) } : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    if (this.#seen.has(value)) return this.#seen.get(value);
    // Treated as kept during the visit: it may contain itself.
    this.#seen.set(value, undefined);
    const fault = this.#look(value, path);
    this.#seen.set(value, fault);
    return fault;
  }

  #look(value: object, path: string): Fault | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (layoutOf(value) !== undefined) return undefined;
    if (prototype === Object.prototype || prototype === null)
      return this.#object(value, prototype === null, path);
    if (types.isPromise(value)) return { what: describe(value), at: path };
    const entry = findByInstance(value, this.#scope);
    if (entry !== undefined && (entry.encode !== undefined || entry.builtin === undefined || isError(value)))
      return entry.encode !== undefined || isError(value) ? undefined : this.#instance(value, entry, path);
    if (isError(value) || BUILTINS.has(prototype)) return undefined;
    if (isHeaders(value) || isResponse(value) || isRequest(value)) return undefined;
    if (prototype === Map.prototype)
      return this.#elements([...(value as Map<unknown, unknown>)].flat(), path);
    if (prototype === Set.prototype) return this.#elements([...(value as Set<unknown>)], path);
    if (Array.isArray(value)) return this.#array(value, prototype as object, path);
    return this.#instance(value, undefined, path);
  }

  #elements(values: readonly unknown[], path: string): Fault | undefined {
    for (const [index, value] of values.entries()) {
      const fault = this.#fault(value, `${path}[${index}]`);
      if (fault !== undefined) return fault.at ? fault : { what: aListWith(fault.what) };
    }
    return undefined;
  }

  #object(value: object, bare: boolean, path: string): Fault | undefined {
    if (typeof Reflect.get(value, 'then') === 'function') return { what: describe(value), at: path };
    const draft = newDraft();
    for (const key of Object.getOwnPropertyNames(value)) {
      const { enumerable, get } = Object.getOwnPropertyDescriptor(value, key)!;
      // Not to be seen in plain objects either, and its getter may not be one for data.
      if (get !== undefined && !enumerable) continue;
      const fault = this.#take(draft, key, Reflect.get(value, key), enumerable, path);
      if (fault !== undefined) return fault;
    }
    const unnamed = this.#symbols(value, draft, path);
    const [first] = draft.lost;
    if (first !== undefined && draft.fields.size === 0)
      return { what: first[1] === A_FUNCTION ? AN_OBJECT_WITHOUT_DATA : first[1] };
    // Otherwise it is carried whole.
    if (draft.lost.length > 0 || unnamed)
      this.#keep(value, { name: '', base: bare ? 'bare' : 'object', id: '', methods: [] }, draft, path);
    return undefined;
  }

  #array(value: unknown[], prototype: object, path: string): Fault | undefined {
    const inner = this.#elements(value, path);
    if (inner !== undefined) return inner;
    const isForeign = prototype !== Array.prototype;
    const draft = newDraft();
    for (const key of Object.getOwnPropertyNames(value)) {
      if (key === 'length') continue;
      const { enumerable } = Object.getOwnPropertyDescriptor(value, key)!;
      if (/^\d+$/.test(key)) draft.fields.set(key, value[Number(key)]);
      else {
        const fault = this.#take(draft, key, Reflect.get(value, key), enumerable, path);
        if (fault !== undefined && !isForeign) return fault;
        if (fault !== undefined) draft.lost.push([key, fault.what]);
      }
    }
    const unnamed = this.#symbols(value, draft, path);
    if (!isForeign && draft.lost.length === 0 && !unnamed) return undefined;
    this.#foreign ||= isForeign;
    const { methods, getters } = isForeign ? inherited(prototype, Array.prototype) : none();
    methods.push(...this.#getters(value, getters, draft, path));
    const name = methods.length > 0 ? nameOf(value) : '';
    if (methods.length > 0) this.classes.add(name);
    this.#keep(value, { name, base: 'array', id: '', methods }, draft, path);
    return undefined;
  }

  #instance(value: object, entry: ClassEntry | undefined, path: string): Fault | undefined {
    this.#foreign = true;
    const what = { what: describe(value) };
    if (entry === undefined && isAlive(value) && !isReadAnswer(value)) return what;
    const draft = newDraft();
    for (const key of Object.getOwnPropertyNames(value)) {
      const { enumerable, get } = Object.getOwnPropertyDescriptor(value, key)!;
      if (get !== undefined) {
        for (const method of this.#getters(value, [key], draft, path))
          draft.lost.push([method, 'a function']);
        continue;
      }
      const part: unknown = Reflect.get(value, key);
      if (typeof part === 'object' && part !== null && types.isPromise(part)) return what;
      const fault = key.startsWith('_')
        ? this.#inside(draft, key, part, enumerable, path)
        : this.#take(draft, key, part, enumerable, path);
      if (fault !== undefined) draft.lost.push([key, fault.what]);
    }
    this.#symbols(value, draft, path);
    // The methods and getters of a known class come back with the class.
    const { methods, getters } = entry === undefined ? inherited(Object.getPrototypeOf(value)) : none();
    methods.push(...this.#getters(value, getters, draft, path));
    if (draft.fields.size === 0 && (draft.lost.length > 0 || entry === undefined)) return what;
    const name = nameOf(value);
    if (methods.length > 0) this.classes.add(name);
    this.#keep(
      value,
      { name, base: entry === undefined ? 'object' : 'class', id: entry?.id ?? '', methods },
      draft,
      path,
    );
    return undefined;
  }

  /**
   * Keeps properties under symbols that each process has. Only the package of a symbol can use properties under its own
   * symbols.
   *
   * @returns whether there is one of the latter
   */
  #symbols(value: object, draft: Draft, path: string): boolean {
    let unnamed = false;
    for (const key of Object.getOwnPropertySymbols(value)) {
      const part: unknown = Reflect.get(value, key);
      const own = symbolName(key) === undefined;
      const fault = own ? { what: UNDER_A_SYMBOL } : this.#fault(part, path + pathOf(key));
      if (fault === undefined) draft.fields.set(key, part);
      else if (Object.prototype.propertyIsEnumerable.call(value, key))
        this.lost.push(`result${path}${pathOf(key)} (${fault.what})`);
      unnamed ||= own;
    }
    return unnamed;
  }

  /** Adds a property to a draft, or notes that it is left out. Returns a fatal fault. */
  #take(
    draft: Draft,
    key: string,
    value: unknown,
    enumerable: boolean | undefined,
    path: string,
  ): Fault | undefined {
    const fault = this.#fault(value, path + pathOf(key));
    if (fault?.at) return fault;
    if (fault !== undefined) draft.lost.push([key, fault.what]);
    else {
      draft.fields.set(key, value);
      if (!enumerable) draft.hidden.push(key);
    }
    return undefined;
  }

  /** Adds an internal property of the class: all of it or nothing, since half of it would be of no use. */
  #inside(
    draft: Draft,
    key: string,
    value: unknown,
    enumerable: boolean | undefined,
    path: string,
  ): Fault | undefined {
    const { length } = this.lost;
    const classes = [...this.classes];
    const trial = newDraft();
    const fault = this.#take(trial, key, value, enumerable, path);
    if (fault === undefined && this.lost.length === length && this.classes.size === classes.length)
      return this.#take(draft, key, value, enumerable, path);
    this.lost.length = length;
    this.classes.clear();
    for (const name of classes) this.classes.add(name);
    return { what: fault?.what ?? describe(value) };
  }

  /**
   * Adds the values of getters, and the values that they throw. Getters that return a function are methods: some classes make
   * theirs unchangeable in this way. Returns the names of those.
   */
  #getters(value: object, keys: readonly string[], draft: Draft, path: string): string[] {
    const methods: string[] = [];
    for (const key of keys) {
      if (draft.fields.has(key)) continue;
      let given: unknown;
      try {
        given = Reflect.get(value, key);
      } catch (error) {
        draft.thrown.push(key);
        given = error instanceof Error ? error : new Error(String(error));
      }
      const fault = this.#fault(given, path + pathOf(key));
      if (fault === undefined) {
        draft.fields.set(key, given);
        draft.hidden.push(key);
      } else if (typeof given === 'function') methods.push(key);
      else draft.lost.push([key, fault.what]);
      // Nothing in the program uses this promise, so nothing handles its rejection.
      if (types.isPromise(given)) given.catch(() => {});
    }
    return methods;
  }

  #keep(
    value: object,
    shape: Pick<Layout, 'name' | 'base' | 'id' | 'methods'>,
    draft: Draft,
    path: string,
  ): void {
    const { fields, hidden, thrown, lost } = draft;
    for (const [key, what] of lost) this.lost.push(`result${path}${pathOf(key)} (${what})`);
    this.parts.set(value, { layout: { ...shape, hidden, thrown, lost }, fields });
  }
}

const none = () => ({ methods: [] as string[], getters: [] as string[] });
const newDraft = (): Draft => ({ fields: new Map(), hidden: [], thrown: [], lost: [] });
