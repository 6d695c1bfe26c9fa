/** One walk over one value. For each part it decides whether devalue writes it, this codec does, or it is refused. */
import { types } from 'node:util';
import { DevalueError, defaultStringifyOperations, stringify } from 'devalue';
import { SerializationError } from '../base/errors.ts';
import {
  aBuiltinWithMore,
  aResizableBuffer,
  aSymbolAsKey,
  encodingInItself,
  notCarried,
  notOnlyProperties,
} from '../base/messages/values.ts';
import { builtinPayload, hasMore } from './builtins.ts';
import type { ClassEntry, ClassScope } from './classes.ts';
import type { Loss } from './error-losses.ts';
import { ErrorParts } from './error-parts.ts';
import { errorPayload } from './errors.ts';
import { durableIdOf } from './functions.ts';
import { headersPayload, requestPayload, responsePayload } from './http.ts';
import { isUsualObject, kindOf, tagOf } from './kinds.ts';
import { DATA, END, fieldKey, META, OWN, type Payload, symbolName, TYPE, userPath } from './layout.ts';
import { fixedView, isBareArray, isGrowing, isOnGrowing } from './lists.ts';
import { warnOfInstance } from './loss-warnings.ts';
import {
  type Implied,
  isUsual,
  type Key,
  type Own,
  ofArguments,
  ofArray,
  ofHttp,
  ofObject,
  ofResponse,
  ownMeta,
  ownOf,
  ownOfBuiltin,
} from './own.ts';
import { Layouts, type Part, partOf } from './parts.ts';
import { advise, describe, refuse, refuseThrown, rootOf } from './refusals.ts';

export interface EncodingOptions {
  readonly what: string;
  readonly classes: ClassScope | undefined;
  /** What was read of the value already. */
  readonly read?: ReadonlyMap<object, ReadonlyMap<Key, unknown>>;
  /** What is kept of values that can't be carried whole. */
  readonly parts?: ReadonlyMap<object, Part>;
}

/** A Request or Response whose body is to be read. */
export interface Body {
  readonly source: Request | Response;
  /** It belongs to an error, which does without what can't be read of it. */
  readonly lenient: boolean;
}

export class Encoding {
  /** Bodies found on the way; they are read by the caller, since that is asynchronous. */
  readonly bodies: Body[] = [];
  readonly #options: EncodingOptions;
  readonly #layouts = new Layouts();
  /** Instances whose own encoding is being walked: their data must not lead back to them. */
  readonly #open = new Set<object>();
  /** Those instances by their payloads. */
  readonly #encoded = new Map<object, object>();
  /** What is carried of errors, and of all that they lead to. */
  #parts: ErrorParts | undefined;
  /** Why the last visited value is refused, if its class does not say enough. */
  #fault: string | undefined;

  constructor(options: EncodingOptions) {
    this.#options = options;
  }

  /** What was left out of errors. */
  get losses(): readonly Loss[] {
    return this.#parts?.losses ?? [];
  }

  /** Writes a thrown value as an error. Parts of it that can't be written are left out. */
  runThrown(value: object): string {
    this.#partsOf(value);
    return this.run(value);
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
        throw this.#refuse('', encodingInItself(describe(value)));
      }
      return value;
    },
    // Promises are refused like every other foreign object; devalue's own word for them would be wrong here.
    isThenable: () => false,
    tagOf: (value) => {
      if (this.#fault !== undefined) return 'refused';
      return this.#parts?.get(value)?.stand ?? tagOf(value);
    },
    shapeOf: (value) => {
      if (this.#fault !== undefined) return { kind: 'not-plain' };
      const part = this.#parts?.get(value);
      if (part === undefined) return defaultStringifyOperations.shapeOf(value);
      const kind = Object.getPrototypeOf(value) === null ? 'null-proto' : 'plain';
      return { kind, keys: part.own.keys as string[] };
    },
    valuesOf: (set) => (this.#parts?.get(set)?.items as Set<unknown> | undefined) ?? set,
    entriesOf: (map) => (this.#parts?.get(map)?.items as Map<unknown, unknown> | undefined) ?? map,
    get: (container, key) => {
      if (key === END) this.#open.delete(this.#encoded.get(container)!);
      const read = this.#parts?.get(container)?.values ?? this.#options.read?.get(container);
      return read?.has(String(key)) ? read.get(String(key)) : container[key];
    },
  };

  /** The payload of a part that is ours; undefined leaves the part to devalue. */
  #reduce(part: unknown): Payload | undefined {
    this.#fault = undefined;
    if (typeof part === 'symbol') {
      const name = symbolName(part);
      return name === undefined ? undefined : { [META]: ['symbol', name] };
    }
    if (typeof part === 'function') {
      const id = durableIdOf(part);
      return id === undefined ? undefined : { [META]: ['function', id] };
    }
    if (typeof part !== 'object' || part === null) return undefined;
    const kept = this.#options.parts?.get(part) ?? partOf(part);
    if (kept !== undefined) return this.#layouts.payload(part, kept);
    const [kind, entry] = kindOf(part, this.#options.classes);
    switch (kind) {
      case 'object':
        return this.#plain(part);
      case 'array':
        return this.#array(part as unknown[]);
      case 'custom':
        return this.#custom(part, entry!);
      case 'error': {
        const { own, values } = this.#partsOf(part);
        return errorPayload(part as Error, entry, own, values);
      }
      case 'instance':
        return this.#instance(part, entry!);
      case 'buffer':
        return this.#with(
          part,
          { [META]: ['buffer', (part as Buffer).toString('base64')] },
          ownOfBuiltin(part, 'Uint8Array'),
        );
      case 'headers':
        return this.#with(part, headersPayload(part as Headers), this.#own(part, ofHttp));
      case 'response':
      case 'request':
        return this.#http(part as Response | Request, kind);
      case 'builtin':
        return this.#builtin(part);
      default:
        return this.#stand(part);
    }
  }

  /** Looks at all that an error leads to, at the first error of the value for all of it. */
  #partsOf(error: object): NonNullable<ReturnType<ErrorParts['get']>> {
    this.#parts ??= new ErrorParts(this.#options.classes, (data) => this.#isCarried(data));
    this.#parts.add(error);
    return this.#parts.get(error)!;
  }

  #isCarried(data: unknown): boolean {
    try {
      new Encoding(this.#options).run(data);
      return true;
    } catch {
      return false;
    }
  }

  #own(part: object, implied: Implied): Own {
    return this.#parts?.get(part)?.own ?? ownOf(part, implied);
  }

  #plain(part: object): Payload | undefined {
    if (this.#parts === undefined && isUsualObject(part)) return undefined;
    if (types.isArgumentsObject(part)) {
      const meta = ['arguments', (part as unknown as ArrayLike<unknown>).length];
      return this.#with(part, { [META]: meta }, this.#own(part, ofArguments));
    }
    const own = this.#own(part, ofObject);
    // Devalue refuses the key `__proto__`, which would set a prototype on assignment.
    const unusual =
      own.level !== '' || own.hidden.length > 0 || own.keys.some((key) => typeof key === 'symbol');
    if (!unusual && !Object.hasOwn(part, '__proto__')) return undefined;
    return this.#with(part, { [META]: ['object', Object.getPrototypeOf(part) === null] }, own);
  }

  /** An array with properties of its own, such as a match of a regular expression, or one that is frozen. */
  #array(part: unknown[]): Payload | undefined {
    if (this.#parts === undefined && Object.isExtensible(part) && isBareArray(part)) return undefined;
    const own = this.#own(part, ofArray);
    const last = own.keys.at(-1);
    const isList = own.hidden.length === 0 && (last === undefined || /^\d+$/.test(String(last)));
    if (isList && own.level === '') return undefined;
    return this.#with(part, { [META]: ['array', part.length] }, own);
  }

  #custom(part: object, { id, encode }: ClassEntry): Payload {
    const stack = isNativeStack(part) ? [part.stack] : [];
    const kept = this.#parts?.get(part);
    const data = kept === undefined ? encode!(part) : kept.data;
    const payload = { [META]: ['custom', id, ...stack], [DATA]: data, [END]: null };
    this.#open.add(part);
    this.#encoded.set(payload, part);
    return payload;
  }

  #instance(part: object, entry: ClassEntry): Payload | undefined {
    if (entry.builtin !== undefined) return this.#blame(notOnlyProperties(describe(part), entry.builtin));
    warnOfInstance(part, entry);
    return this.#with(part, { [META]: ['instance', entry.id] }, this.#own(part, ofObject));
  }

  #http(part: Response | Request, kind: 'response' | 'request'): Payload | undefined {
    const lenient = this.#parts?.get(part) !== undefined;
    const bodies = { add: (source: Request | Response): number => this.bodies.push({ source, lenient }) - 1 };
    const payload =
      kind === 'response'
        ? responsePayload(part as Response, bodies)
        : requestPayload(part as Request, bodies);
    // Those of other makers keep their state in properties.
    const isNative = [Response.prototype, Request.prototype].includes(Object.getPrototypeOf(part) as never);
    return isNative ? this.#with(part, payload, this.#own(part, ofResponse)) : payload;
  }

  #builtin(part: object): Payload | undefined {
    const tag = tagOf(part);
    const kept = this.#parts?.get(part);
    const own = kept?.own ?? ownOfBuiltin(part, tag);
    if (isOnGrowing(part))
      return this.#with(part, { [META]: ['builtin', 'view'], [DATA]: fixedView(part) }, own);
    if (isGrowing(part)) return this.#blame(aResizableBuffer());
    if (isUsual(own) && !hasMore(part, tag)) return undefined;
    const payload = builtinPayload(part, tag, kept?.items);
    if (payload !== undefined) return this.#with(part, payload, own);
    if (kept !== undefined) return undefined;
    return this.#blame(aBuiltinWithMore(describe(part)));
  }

  /** In errors, an instance of an unknown class is written as a replacement of another kind. */
  #stand(part: object): Payload | undefined {
    const kept = this.#parts?.get(part);
    if (kept?.stand === 'Array') return this.#array(part as unknown[]);
    if (
      kept?.stand !== 'Object' ||
      kept.own.keys.every((key) => typeof key === 'string' && key !== '__proto__')
    )
      return undefined;
    return this.#with(part, { [META]: ['object', false] }, kept.own);
  }

  /** A payload with the own properties. */
  #with(part: object, payload: Payload, own: Own): Payload | undefined {
    if (own.unnamed !== undefined) return this.#blame(aSymbolAsKey(String(own.unnamed)));
    const { [META]: meta, ...rest } = payload;
    const more = ownMeta(own.level, own.hidden);
    const fields = own.keys.map((key) => [fieldKey(key), this.#value(part, key)] as const);
    return {
      [META]: meta,
      ...(more === undefined ? undefined : { [OWN]: more }),
      ...rest,
      ...Object.fromEntries(fields),
    };
  }

  #value(part: object, key: Key): unknown {
    const read = this.#parts?.get(part)?.values ?? this.#options.read?.get(part);
    return read?.has(key) ? read.get(key) : Reflect.get(part, key);
  }

  #blame(fault: string): undefined {
    this.#fault = fault;
  }

  #explain(error: unknown): SerializationError {
    if (error instanceof SerializationError) return error;
    if (error instanceof DevalueError) {
      const { path, value: part } = error as DevalueError & { path: string; value: unknown };
      const root = rootOf(this.#options.what);
      const fault = this.#fault ?? notCarried(describe(part), advise(part, root));
      return this.#refuse(userPath(path), fault);
    }
    return refuseThrown(this.#options.what, error);
  }

  #refuse(path: string, fault: string, cause?: unknown): SerializationError {
    return refuse(this.#options.what, path, fault, cause);
  }
}

const isNativeStack = (value: object): value is { readonly stack: string } =>
  types.isNativeError(value) && typeof value.stack === 'string';
