import { types } from 'node:util';

/** What a step is called with. */
export interface StepArguments {
  readonly args: readonly unknown[];
  readonly receiver?: unknown;
  /** Reads the variables of the durable function that code of the step uses. */
  readonly uses?: (() => readonly unknown[]) | undefined;
}

/** More objects than these are compared by what they are, not by what is in them. */
const MOST_OBJECTS = 10_000;

/**
 * What is given now, as a text that is the same at another moment if nothing was changed in between. Data counts by its
 * contents; functions, and objects that work for others (emitters, proxies, what holds private state), by their identity.
 */
export function snapshotOf({ args, receiver, uses }: StepArguments): string {
  const writer = new SnapshotWriter();
  for (const value of [receiver, ...args, ...readUses(uses)]) writer.value(value);
  return writer.text;
}

export function readUses(uses: StepArguments['uses']): readonly unknown[] {
  try {
    return uses?.() ?? [];
  } catch (error) {
    // A variable that isn't initialized yet.
    return [String(error)];
  }
}

class SnapshotWriter {
  text = '';
  readonly #seen = new Map<object, number>();

  value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(value);
        break;
      case 'object':
        if (value === null) this.text += 'null';
        else this.#object(value);
        break;
      case 'function':
        this.text += `f${identityOf(value)}`;
        break;
      case 'symbol':
        this.text += value.toString();
        break;
      default:
        this.text += Object.is(value, -0) ? '-0' : `${typeof value} ${value}`;
    }
    this.text += ',';
  }

  #object(object: object): void {
    const seen = this.#seen.get(object);
    if (seen !== undefined) {
      this.text += `#${seen}`;
      return;
    }
    this.#seen.set(object, this.#seen.size);
    if (this.#seen.size > MOST_OBJECTS || isOpaque(object)) {
      this.text += `o${identityOf(object)}`;
      return;
    }
    this.text += `${Object.prototype.toString.call(object)}{`;
    this.#contents(object);
    // Those of the platform keep their state under symbols on some versions of Node, and elsewhere on others.
    for (const key of isOfPlatform(object) ? Object.getOwnPropertyNames(object) : Reflect.ownKeys(object)) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      if (property === undefined) continue;
      this.text += `${typeof key === 'symbol' ? key.toString() : JSON.stringify(key)}:`;
      // Getters are not called: they could have effects.
      this.value('value' in property ? property.value : property.get);
    }
    this.text += '}';
  }

  /** What is in an object beside its properties. */
  #contents(object: object): void {
    if (object instanceof Map) {
      for (const [key, value] of object) {
        this.value(key);
        this.value(value);
      }
    } else if (object instanceof Set) for (const value of object) this.value(value);
    else if (object instanceof Date) this.value(object.getTime());
    else if (object instanceof RegExp || object instanceof URL || object instanceof URLSearchParams)
      this.value(String(object));
    else if (object instanceof Headers) this.value([...object].flat().join('\n'));
    else if (types.isAnyArrayBuffer(object)) this.text += Buffer.from(object).toString('base64');
  }
}

/** Whether an object isn't data: what it is can't be seen from the outside, or changes by itself. */
const isOpaque = (object: object): boolean =>
  types.isProxy(object) ||
  types.isPromise(object) ||
  types.isExternal(object) ||
  object instanceof WeakMap ||
  object instanceof WeakSet ||
  object instanceof WeakRef ||
  object instanceof EventTarget ||
  typeof Reflect.get(object, 'on') === 'function' ||
  typeof Reflect.get(object, 'next') === 'function';

const isOfPlatform = (object: object): boolean =>
  object instanceof Response ||
  object instanceof Request ||
  object instanceof Headers ||
  object instanceof FormData ||
  object instanceof Blob ||
  object instanceof ReadableStream;

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  identities.set(object, ++lastIdentity);
  return lastIdentity;
}
