/**
 * What of an error can be carried, part by part: a part that can't be (a socket, a function) is left out by itself, and
 * not with what is around it. Goes over all that an error leads to, the near parts first, before it is written.
 */
import { types } from 'node:util';
import {
  A_THROWING_GETTER,
  A_THROWING_OBJECT,
  AN_OBJECT_DEEP_INSIDE,
  deepInside,
  NESTED_TOO_DEEPLY,
  UNDER_A_SYMBOL,
} from '../base/messages/values.ts';
import { isEmitter } from './alive.ts';
import type { Items } from './builtins.ts';
import type { ClassEntry, ClassScope } from './classes.ts';
import { ErrorLosses, type Loss, type PartPath } from './error-losses.ts';
import { inheritedAccessors, inheritedMembers, knownPrototype } from './errors.ts';
import { dataKeys, type Stand, standFor } from './foreign.ts';
import { durableIdOf } from './functions.ts';
import { InstanceBudget } from './instance-budget.ts';
import { type Kind, kindOf, tagOf } from './kinds.ts';
import { pathOf, symbolName } from './layout.ts';
import { isGrowing } from './lists.ts';
import { lostAccessors } from './lost-accessors.ts';
import {
  type Implied,
  impliedBy,
  isUsual,
  type Key,
  levelOf,
  NOTHING,
  type Own,
  ofArguments,
  ofArray,
  ofHttp,
  ofObject,
  ofResponse,
  ownOfBuiltin,
} from './own.ts';
import { layoutOf } from './parts.ts';
import { describe } from './refusals.ts';
import { zodInternals } from './zod-errors.ts';

/** What is carried of one object. */
export interface ErrorPart {
  readonly own: Own;
  /** Of the own properties, elements among them, as they were read: each getter is called once. */
  readonly values: ReadonlyMap<Key, unknown>;
  /** The kind of value as which an instance of an unknown class is written. */
  readonly stand?: Stand;
  /** What is left of a Map or a Set. */
  readonly items?: Items;
  /** The return value of the `encode` of its class. */
  readonly data?: unknown;
}

/** Deeper parts are left out, since the codec refuses what is too deep (`depth.ts`), and counts two levels for most. */
const MAX_DEPTH = 450;
interface Step extends PartPath {
  readonly kind: Kind;
  readonly entry: ClassEntry | undefined;
  readonly stand: Stand | undefined;
  readonly from: Step | undefined;
  /** How many objects are between it and the error. */
  readonly depth: number;
  /** How far it is below an instance of an unknown class, from 1; 0 if it is not below one. */
  readonly below: number;
}

type Field = readonly [key: Key, value: unknown, enumerable: boolean];

const LEAF: ErrorPart = { own: NOTHING, values: new Map() };

export class ErrorParts {
  readonly #losses = new ErrorLosses();
  readonly #known = new Map<object, ErrorPart>();
  readonly #classes: ClassScope | undefined;
  readonly #isCarried: (data: unknown) => boolean;
  #queue: Step[] = [];
  readonly #budget = new InstanceBudget();

  /** @param isCarried whether all of what an `encode` returned can be written */
  constructor(classes: ClassScope | undefined, isCarried: (data: unknown) => boolean) {
    this.#classes = classes;
    this.#isCarried = isCarried;
  }

  /** The parts that are not carried as they were. */
  get losses(): readonly Loss[] {
    return this.#losses.list;
  }

  /** Visits everything that a thrown value leads to. */
  add(root: object): void {
    if (this.#known.has(root)) return;
    const [kind, entry] = kindOf(root, this.#classes);
    const stand = kind === 'foreign' ? standFor(root) : undefined;
    if (kind === 'foreign' && stand === undefined) return;
    this.#known.set(root, kind === 'custom' ? { ...LEAF, data: entry!.encode!(root) } : LEAF);
    this.#queue = [{ value: root, kind, entry, stand, from: undefined, key: '', depth: 0, below: 0 }];
    for (const step of this.#queue) this.#known.set(step.value, this.#part(step));
    this.#queue = [];
  }

  /** Undefined for what no error leads to. */
  get(value: object): ErrorPart | undefined {
    return this.#known.get(value);
  }

  #part(step: Step): ErrorPart {
    const { value, kind, stand } = step;
    const fields = (implied: Implied): ErrorPart => this.#kept(step, this.#ownFields(step, implied));
    switch (kind) {
      case 'error':
        return this.#error(step);
      case 'object':
        return fields(types.isArgumentsObject(value) ? ofArguments : ofObject);
      case 'array':
        return fields(ofArray);
      case 'instance':
        return fields(ofObject);
      case 'custom':
        return this.#known.get(value)!;
      case 'headers':
      case 'request':
        return fields(ofHttp);
      case 'response':
        return fields(ofResponse);
      case 'buffer':
        return LEAF;
      case 'builtin': {
        const tag = tagOf(value);
        const { items } = this.#items(step);
        if (items !== undefined) return { ...fields(ofObject), items };
        return isUsual(ownOfBuiltin(value, tag)) ? LEAF : fields(impliedBy(tag));
      }
      case 'foreign': {
        if (stand === 'Array') return { ...fields(ofArray), stand };
        if (stand === 'Map' || stand === 'Set') return { ...LEAF, ...this.#items(step), stand };
        if (stand === 'Date') return { ...LEAF, stand: 'Date' };
        const keys = dataKeys(value, step.from?.kind === 'error');
        const own = keys.flatMap((key) => this.#read(step, key).map((one): Field => [key, one, true]));
        return { ...this.#kept(step, own, ''), stand: 'Object' };
      }
    }
  }

  #error(step: Step): ErrorPart {
    const { value, entry } = step;
    const own = this.#ownFields(step, ofObject).filter(
      // Under Error.prepareStackTrace a stack may be a list of live call sites.
      ([key, one]) => key !== 'stack' || typeof one === 'string',
    );
    const zod = zodInternals(value, this.#classes);
    // Its methods are made anew when it is read.
    if (zod !== undefined) {
      const rest = own.filter(([key, one]) => key !== '_zod' && typeof one !== 'function');
      return this.#kept(step, [...rest, ['_zod', zod, false]]);
    }
    const known = knownPrototype(value as Error, entry);
    const had = new Set(own.map(([key]) => key));
    for (const key of inheritedMembers(value, known)) {
      if (had.has(key)) continue;
      had.add(key);
      for (const one of this.#read(step, key)) if (one !== undefined) own.push([key, one, false]);
    }
    const part = this.#kept(step, own);
    const accessors = inheritedAccessors(known).filter((key) => !had.has(key));
    if (accessors.length === 0) return part;
    const missing = lostAccessors(value, part, known, accessors);
    if (missing.length === 0) return part;
    const more = this.#kept(step, missing);
    const [keys, hidden] = [
      [...part.own.keys, ...more.own.keys],
      [...part.own.hidden, ...more.own.hidden],
    ];
    return { own: { ...part.own, keys, hidden }, values: new Map([...part.values, ...more.values]) };
  }

  #ownFields(step: Step, implied: Implied): Field[] {
    const { value } = step;
    const fields: Field[] = [];
    for (const key of Reflect.ownKeys(value)) {
      if (implied(key, value)) continue;
      const enumerable = Object.prototype.propertyIsEnumerable.call(value, key);
      if (typeof key === 'symbol' && symbolName(key) === undefined) {
        // Node marks its own errors by hidden ones.
        if (enumerable) this.#losses.add(step, key, UNDER_A_SYMBOL);
      } else for (const one of this.#read(step, key)) fields.push([key, one, enumerable]);
    }
    return fields;
  }

  /** What is carried of these fields. */
  #kept(step: Step, fields: readonly Field[], level = levelOf(step.value)): ErrorPart {
    const values = new Map<Key, unknown>();
    const keys: Key[] = [];
    const hidden: Key[] = [];
    const isArray = step.kind === 'array' || step.stand === 'Array';
    for (const [key, value, enumerable] of fields) {
      if (!this.#takes(step, value, pathOf(key))) {
        // The other elements of a list keep their positions.
        if (!isArray || !/^\d+$/.test(String(key))) continue;
        values.set(key, undefined);
      } else values.set(key, value);
      keys.push(key);
      if (!enumerable) hidden.push(key);
    }
    return { own: { keys, hidden, level, unnamed: undefined }, values };
  }

  #items(step: Step): Pick<ErrorPart, 'items'> {
    const { value } = step;
    if (types.isMap(value)) {
      const items = new Map<unknown, unknown>();
      for (const [key, one] of Map.prototype.entries.call(value)) {
        const path = typeof key === 'string' || typeof key === 'number' ? JSON.stringify(key) : '...';
        if (this.#takes(step, key, '.keys()') && this.#takes(step, one, `.get(${path})`)) items.set(key, one);
      }
      return { items };
    }
    if (!types.isSet(value)) return {};
    const items = new Set<unknown>();
    for (const one of Set.prototype.values.call(value)) {
      if (this.#takes(step, one, '.values()')) items.add(one);
    }
    return { items };
  }

  /** The value of a property in a list, which is empty if it can't be read. */
  #read(step: Step, key: Key): readonly [unknown] | readonly [] {
    try {
      return [Reflect.get(step.value, key)];
    } catch {
      if (Object.hasOwn(step.value, key)) this.#losses.add(step, pathOf(key), A_THROWING_GETTER);
      return [];
    }
  }

  #takes(from: Step, value: unknown, key: string): boolean {
    let why: string | undefined;
    try {
      why = this.#refusal(from, value, key);
    } catch {
      why = A_THROWING_OBJECT;
    }
    if (why !== undefined) this.#losses.add(from, key, why);
    return why === undefined;
  }

  /** What a value is that is left out. Undefined for a value that is kept, and visited later. */
  #refusal(from: Step, value: unknown, key: string): string | undefined {
    if (typeof value === 'symbol') return symbolName(value) === undefined ? describe(value) : undefined;
    if (typeof value === 'function') return durableIdOf(value) === undefined ? describe(value) : undefined;
    if (typeof value === 'string') return from.below > 0 ? this.#budget.spend(value.length) : undefined;
    if (typeof value !== 'object' || value === null || this.#known.has(value)) return undefined;
    if (from.depth >= MAX_DEPTH) return NESTED_TOO_DEEPLY;
    if (from.below > 0 && this.#budget.isUsedUp) return AN_OBJECT_DEEP_INSIDE;
    // What came out of a journal in part goes into another one as it is.
    if (layoutOf(value) !== undefined) return undefined;
    const [kind, entry] = kindOf(value, this.#classes);
    const stand = kind === 'foreign' ? standFor(value, from.kind === 'error') : undefined;
    if (kind === 'foreign' && (stand === undefined || isEmpty(value, stand, from))) return describe(value);
    if (kind === 'instance' && entry?.builtin !== undefined) return describe(value);
    if (isOfSharedMemory(value)) return describe(value);
    const below = from.below > 0 || kind === 'foreign' ? from.below + 1 : 0;
    if (below > 0) {
      if (!this.#budget.admits(below)) return deepInside(describe(value));
      if (ArrayBuffer.isView(value)) {
        const tooMuch = from.below > 0 ? this.#budget.spend(value.byteLength) : undefined;
        if (tooMuch !== undefined) return tooMuch;
      }
    }
    let part = LEAF;
    if (kind === 'custom') {
      const data = entry!.encode!(value);
      if (!this.#isCarried(data)) return describe(value);
      part = { ...LEAF, data };
    }
    const step = { value, kind, entry, stand, from, key, depth: from.depth + 1, below };
    this.#known.set(value, part);
    this.#queue.push(step);
    if (kind === 'foreign') this.#losses.add(from, key, describe(value), 'data only');
    return undefined;
  }
}

/** Nothing of it would be left but an empty object. */
function isEmpty(value: object, stand: Stand, from: Step): boolean {
  if (stand !== 'Object' || (from.kind === 'error' && isEmitter(value))) return false;
  return dataKeys(value, from.kind === 'error').every(
    (key) => typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'function',
  );
}

const isOfSharedMemory = (value: object): boolean =>
  types.isSharedArrayBuffer(ArrayBuffer.isView(value) ? value.buffer : value) || isGrowing(value);
