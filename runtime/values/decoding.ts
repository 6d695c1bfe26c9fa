/** The way back: makes values of our own kinds from their payloads, cycles included. */

import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { SerializationError } from '../base/errors.ts';
import { classNotRegistered, decodeThrew, kindUnknown, referenceNotLoaded } from '../base/messages/values.ts';
import { fillBuiltin, makeBuiltin } from './builtins.ts';
import { type ClassEntry, type ClassScope, findById } from './classes.ts';
import { errorShell, fillError } from './errors.ts';
import { findFunction } from './functions.ts';
import { type RecordedBody, reviveHeaders, reviveRequest, reviveResponse } from './http.ts';
import { DATA, define, fieldKey, fieldsOf, META, OWN, type Payload, symbolOf } from './layout.ts';
import { close } from './own.ts';
import { fillPart, makePart } from './parts.ts';
import { guardFor } from './private-members.ts';
import { completeZodError } from './zod-errors.ts';

export class Decoding {
  readonly #bodies: readonly RecordedBody[];
  readonly #classes: ClassScope | undefined;
  /**
   * Devalue revives the payload of a value that refers to itself once for each such reference while the payload is
   * still incomplete, and once more when it is complete. All of these must give one object.
   */
  readonly #made = new Map<Payload, object>();
  /** The objects to be frozen, and to which level, when the value is complete. */
  readonly #closed = new Map<object, unknown>();
  readonly #errors = new Set<Error>();

  constructor(bodies: readonly RecordedBody[], classes: ClassScope | undefined) {
    this.#bodies = bodies;
    this.#classes = classes;
  }

  /** @throws SerializationError if a class or a durable function isn't known in this process */
  revive(payload: Payload): unknown {
    const meta = payload[META] as readonly unknown[];
    if (meta[0] === 'symbol') return symbolOf(String(meta[1]));
    let made = this.#made.get(payload);
    if (made === undefined) {
      made = this.#make(meta, payload);
      this.#made.set(payload, made);
    }
    this.#fill(made, meta, payload);
    return made;
  }

  /** Does the work that needs the complete value. */
  finish(): void {
    for (const error of this.#errors) completeZodError(error, this.#classes);
    for (const [made, level] of this.#closed) close(made, level);
  }

  #make(meta: readonly unknown[], payload: Payload): object {
    const [kind, id] = meta;
    switch (kind) {
      case 'object':
        return id === true ? Object.create(null) : {};
      case 'array':
        return new Array(id as number);
      case 'arguments':
        return argumentsOf(id as number);
      case 'error':
      case 'dom-exception':
        return errorShell(meta, this.#classes);
      case 'instance':
        return Object.create(guardFor(this.#class(id).prototype));
      case 'part':
        return makePart(meta, (known) => this.#class(known).prototype);
      case 'custom':
        return this.#custom(this.#class(id), payload[DATA], meta[2]);
      case 'buffer':
        return Buffer.from(id as string, 'base64');
      case 'builtin':
        return makeBuiltin(meta, payload);
      case 'function':
        return this.#function(String(id));
      case 'headers':
        return reviveHeaders(meta);
      case 'response':
        return reviveResponse(meta, this.#bodies);
      case 'request':
        return reviveRequest(meta, this.#bodies);
      default:
        throw new Error(kindUnknown(String(kind)));
    }
  }

  #fill(made: object, meta: readonly unknown[], payload: Payload): void {
    if (meta[0] === 'custom' || meta[0] === 'function') return;
    const [level, ...hidden] = (payload[OWN] ?? ['']) as readonly string[];
    if (level !== '') this.#closed.set(made, level);
    if (meta[0] === 'part') return fillPart(made, payload, hidden);
    if (meta[0] === 'error' || meta[0] === 'dom-exception') {
      fillError(made as Error, payload);
      if (Object.hasOwn(made, '_zod')) this.#errors.add(made as Error);
    } else {
      if (meta[0] === 'builtin') fillBuiltin(made, payload);
      for (const [key, value] of fieldsOf(payload)) define(made, key, value, !hidden.includes(fieldKey(key)));
    }
  }

  #class(id: unknown): ClassEntry {
    const entry = findById(String(id), this.#classes);
    if (entry !== undefined) return entry;
    throw new SerializationError(classNotRegistered(id), '');
  }

  /** @param stack of an error, which was thrown elsewhere */
  #custom(entry: ClassEntry, data: unknown, stack: unknown): object {
    // Registered with its own encode when it was written, and without when it is read.
    if (entry.decode === undefined) {
      const made = Object.create(entry.prototype) as object;
      for (const [key, value] of Object.entries(data ?? {})) define(made, key, value);
      return made;
    }
    try {
      const made = entry.decode(data) as object;
      if (typeof stack === 'string' && types.isNativeError(made)) define(made, 'stack', stack, false);
      return made;
    } catch (cause) {
      throw new SerializationError(decodeThrew(entry.id), '', { cause });
    }
  }

  #function(id: string): object {
    const found = findFunction(id);
    if (typeof found === 'function') return found;
    throw new SerializationError(referenceNotLoaded(id), '');
  }
}

/** The `arguments` of a call with this number of arguments. */
function argumentsOf(length: number): object {
  return function (this: unknown): object {
    // biome-ignore lint/complexity/noArguments: it is `arguments` itself that is wanted.
    return arguments;
  }.apply(undefined, new Array(length) as []);
}
