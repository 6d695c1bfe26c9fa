/**
 * Values of which the journal keeps only a part: instances of classes that are not registered, such as the results of database
 * and HTTP clients, and their properties. Their data is kept. All else is left out part by part, and an access to it throws a
 * MisuseError, so that the loss is never silent.
 */
import { MisuseError } from '../base/errors.ts';
import { state } from '../base/process-state.ts';
import { define, fieldKey, fieldsOf, META, OWN, type Payload, symbolName } from './layout.ts';
import { levelOf, ownMeta } from './own.ts';

/** What the copies of some values have in common. It is written once for all of them. */
export interface Layout {
  /** Of the class, for people; '' for plain objects and arrays. */
  readonly name: string;
  /** What the copy is made of; `class` is a known class, by its id. */
  readonly base: 'object' | 'bare' | 'array' | 'class';
  readonly id: string;
  /** Methods of the class; those under symbols as `@@iterator`. */
  readonly methods: readonly string[];
  /** Data that isn't enumerable: own properties, and values of getters of the class. */
  readonly hidden: readonly string[];
  /** Getters that threw: their fields are what they threw. */
  readonly thrown: readonly string[];
  /** What was left out, each with what it was: `request`, `a ClientRequest`. */
  readonly lost: readonly (readonly [key: string, what: string])[];
}

/** Its form in the journal: an array of primitives and of arrays of them. */
type Written = [string, string, string, ...(readonly string[])[]];

const written = (layout: Layout): Written => [
  layout.name,
  layout.base,
  layout.id,
  layout.methods,
  layout.hidden,
  layout.thrown,
  layout.lost.flat(),
];

/** The metas of one text: layouts that are equal are written once. */
export class Layouts {
  readonly #known = new Map<string, Written>();

  /** @param length of an array */
  #meta(layout: Layout, length?: number): unknown[] {
    const list = written(layout);
    const text = JSON.stringify(list);
    const shared = this.#known.get(text) ?? list;
    this.#known.set(text, shared);
    return length === undefined ? ['part', shared] : ['part', shared, length];
  }

  /** The payload of a value that is kept in part. */
  payload(part: object, { layout, fields }: Part): Payload {
    const meta = this.#meta(layout, Array.isArray(part) ? part.length : undefined);
    // The layout lists the hidden keys that are not symbols.
    const hidden = [...fields.keys()].filter(
      (key) => typeof key === 'symbol' && !Object.prototype.propertyIsEnumerable.call(part, key),
    );
    const more = ownMeta(levelOf(part), hidden);
    return {
      [META]: meta,
      ...(more === undefined ? undefined : { [OWN]: more }),
      ...Object.fromEntries([...fields].map(([key, value]) => [fieldKey(key), value])),
    };
  }
}

/** A copy has its layout under this symbol, so that what was left out isn't forgotten when it is written again. */
const { layout: LAYOUT, remains: prototypes } = state;
const read = new WeakMap<object, Layout>();
/** Functions that replace the parts that were left out. Of getters that threw, with the thrown values. */
const { lost: standIns } = state;

/** What is kept of one object. */
export interface Part {
  readonly layout: Layout;
  readonly fields: ReadonlyMap<string | symbol, unknown>;
}

/** The layout of a value that came out of a journal in part. */
export function layoutOf(value: object): Layout | undefined {
  const layout: unknown = Object.getOwnPropertyDescriptor(value, LAYOUT)?.value;
  return layout as Layout | undefined;
}

/** Such a value as it is now, to be written again. */
export function partOf(copy: object): Part | undefined {
  const layout = layoutOf(copy);
  if (layout === undefined) return undefined;
  const fields = new Map<string | symbol, unknown>();
  const hidden: string[] = [];
  const thrown: string[] = [];
  const lost: (readonly [string, string])[] = [];
  for (const [key, { value, get, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(copy))) {
    if (layout.base === 'array' && key === 'length') continue;
    const standIn = standIns.get((get ?? value) as object);
    const left = standIn && layout.lost.find(([name]) => name === key);
    if (left !== undefined) lost.push(left);
    else if (standIn !== undefined) thrown.push(key);
    if (left === undefined) fields.set(key, standIn === undefined ? Reflect.get(copy, key) : standIn.thrown);
    if (left === undefined && !enumerable) hidden.push(key);
  }
  for (const key of Object.getOwnPropertySymbols(copy))
    if (symbolName(key) !== undefined) fields.set(key, Reflect.get(copy, key));
  return { layout: { ...layout, hidden, thrown, lost }, fields };
}

/** @param prototypeOf returns the prototype of a known class */
export function makePart(meta: readonly unknown[], prototypeOf: (id: string) => object): object {
  const layout = layoutIn(meta);
  const made = layout.base === 'array' ? new Array(meta[2] as number) : {};
  const prototype = layout.base === 'class' ? prototypeOf(layout.id) : remains(layout);
  if (Object.getPrototypeOf(made) !== prototype) Object.setPrototypeOf(made, prototype);
  Object.defineProperty(made, LAYOUT, { value: layout });
  return made;
}

/** @param hidden the keys in the payload of symbols that aren't enumerable */
export function fillPart(made: object, payload: Payload, hidden: readonly string[]): void {
  const layout = layoutIn(payload[META] as readonly unknown[]);
  for (const [key, value] of fieldsOf(payload)) {
    if (typeof key === 'symbol') define(made, key, value, !hidden.includes(fieldKey(key)));
    else if (layout.thrown.includes(key)) defineThrowing(made, key, () => value, value);
    else define(made, key, value, !layout.hidden.includes(key));
  }
  for (const [key, what] of layout.lost) {
    const fault = (): MisuseError => new MisuseError(lostMessage(layout, key, what));
    if (isFunctionName(what)) define(made, key, throwing(key, fault), false);
    else defineThrowing(made, key, fault);
  }
}

function layoutIn([, list]: readonly unknown[]): Layout {
  let layout = read.get(list as object);
  if (layout !== undefined) return layout;
  const [name, base, id, methods, hidden, thrown, lost] = list as [
    string,
    Layout['base'],
    string,
    ...string[][],
  ];
  const pairs = (lost ?? []).flatMap((key, i, all): [string, string][] =>
    i % 2 === 0 ? [[key, all[i + 1] ?? '']] : [],
  );
  layout = {
    name,
    base,
    id,
    methods: methods ?? [],
    hidden: hidden ?? [],
    thrown: thrown ?? [],
    lost: pairs,
  };
  read.set(list as object, layout);
  return layout;
}

/** What the copies inherit in the place of the class: its name, and its methods, which throw when they are called. */
function remains({ name, base, methods }: Layout): object | null {
  const ground = base === 'array' ? Array.prototype : base === 'bare' ? null : Object.prototype;
  if (name === '' || ground === null) return ground;
  const key = JSON.stringify([name, base, methods]);
  let prototype = prototypes.get(key);
  if (prototype !== undefined) return prototype;
  // An array makes others of its kind by its constructor; those are plain ones.
  prototype = base === 'array' ? (Object.create(ground) as object) : namesake(name);
  for (const method of methods) {
    const fault = (): MisuseError => new MisuseError(methodMessage(name, method));
    Object.defineProperty(prototype, keyOf(method), {
      value: throwing(method, fault),
      writable: true,
      configurable: true,
    });
  }
  prototypes.set(key, prototype);
  return prototype;
}

/** The prototype of a class of the same name, of which no instance can be made. */
function namesake(name: string): object {
  const stand = class {
    constructor() {
      throw new MisuseError(methodMessage(name, 'constructor'));
    }
  };
  define(stand, 'name', name, false);
  return stand.prototype;
}

/** `@@iterator` is `Symbol.iterator`. */
function keyOf(method: string): string | symbol {
  const symbol: unknown = method.startsWith('@@') ? Reflect.get(Symbol, method.slice(2)) : undefined;
  return typeof symbol === 'symbol' ? symbol : method;
}

function throwing(name: string, fault: () => unknown, thrown?: unknown): () => never {
  const standIn = (): never => {
    throw fault();
  };
  define(standIn, 'name', name, false);
  standIns.set(standIn, { thrown });
  return standIn;
}

/** A property that throws when it is read, and can be set. */
function defineThrowing(target: object, key: string, fault: () => unknown, thrown?: unknown): void {
  Object.defineProperty(target, key, {
    get: throwing(key, fault, thrown),
    set(this: object, value: unknown) {
      define(this, key, value);
    },
    enumerable: false,
    configurable: true,
  });
}

const isFunctionName = (what: string): boolean => what === 'a function' || what.startsWith('the class ');

const WAY_OUT =
  "Use it in the step that has it, and return what is needed of it: `step('name', async () => (await f()).x)`";

function methodMessage(name: string, method: string): string {
  const shown = method.startsWith('@@') ? `[Symbol.${method.slice(2)}]` : method;
  return (
    `\`${shown}\` is a method of ${name}, and the journal keeps the data of a ${name} without its methods, since nobody ` +
    `registered the class. ${WAY_OUT}; or call registerClass(${name}).`
  );
}

function lostMessage({ name }: Layout, key: string, what: string): string {
  const owner = name === '' ? '' : ` of a ${name}`;
  return `\`${key}\`${owner} was left out of the journal: it is ${what}. ${WAY_OUT}.`;
}
