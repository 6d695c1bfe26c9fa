import type { CompileError } from '../base/errors.ts';
import { PROTOCOL, state } from '../base/process-state.ts';
import type { AnyClass } from '../values/any-class.ts';
import { type ClassScope, offerClass, scopeFrom } from '../values/classes.ts';
import type { Home } from '../values/evaluations.ts';
import { namedClasses } from '../values/named-classes.ts';
import { installationOf, Origin } from './installations.ts';
import type { Manifest, Site, SiteRecord } from './manifest.ts';

/** A callable of any shape: durable functions and steps are the user's, so nothing is known of their parameters. */
// biome-ignore lint/suspicious/noExplicitAny: only `any` accepts functions of all parameter lists
export type AnyFunction = (...args: any[]) => any;

/** What the compiler writes down about a durable function. */
export interface DefinitionMeta {
  readonly id: string;
  /** What it is called in its file, which was its id in 0.1.0, where its id is more than that. */
  readonly name?: string;
  /** The number of its version, where its source says one: several functions may have its id then. */
  readonly number?: number;
  /** The name of the package that it is in, where that is known; 0.1.0 wrote none. */
  readonly package?: string;
  /** The path in the package, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A hash of the code; none where a compiler of 0.1.0 made this. */
  readonly version?: string;
  /** A hash of the code of its whole module, by which a file that was renamed is known again. */
  readonly module?: string;
  /** Its sites, in source order; with what the manifest has of each, but where a compiler of 0.1.0 made this. */
  readonly steps: readonly (Site | SiteRecord)[];
  /** A lock keeps the ids of its sites. */
  readonly locked?: true;
  /** The flow of control, which is read only for tools (`flow.ts`). */
  readonly flow?: string;
  /** The text of a callee in a TypeError, by the id of its site, if the id differs. */
  readonly texts?: Readonly<Record<string, string>>;
  /**
   * Classes that are named in `instanceof`. A member of something (`OpenAI.APIError`) is that thing and the keys to the class.
   * A thunk, because the table comes before the classes in the module.
   */
  readonly classes?: () => ClassScope;
  /** Why the compiler left it uncompiled, with all of its file. */
  readonly error?: Omit<CompileError, 'fileName'>;
}

/** Definitions whose classes haven't been read. */
export const unread = state.unread as Set<Definition>;

function readClasses(): void {
  for (const definition of unread) if (definition.readClasses()) unread.delete(definition);
}

/** A durable function as the runtime knows it. */
export class Definition {
  /** The protocol of the copy of this package that made it. */
  readonly protocol: number = PROTOCOL;
  readonly meta: DefinitionMeta;
  /** The file that made it; undefined where that isn't known. */
  readonly origin: { readonly path: string | undefined };
  /** The function that is called with a scope; set when the module binds it. */
  fn: AnyFunction | undefined;
  /** What the module exports: the same, or for an arrow function its wrapper. */
  callable: AnyFunction | undefined;
  /** `this` of a method: the object or the class that contains it. */
  owner: unknown;
  /** The class, in a method of its instances: each run has a `this` of its own. */
  instancesOf: AnyClass | undefined;
  #classes: ClassScope | undefined;
  #added: ClassScope | undefined;
  #home: Home | undefined;

  /** @param below a function whose caller made it */
  constructor(meta: DefinitionMeta, below: AnyFunction) {
    this.meta = meta;
    this.origin = new Origin(below);
    if (meta.classes !== undefined) unread.add(this);
  }

  /** Makes a class known as those are that its module names. */
  addClass(name: string, cls: AnyClass): void {
    this.#added = { ...this.#added, [name]: cls };
    unread.add(this);
  }

  /**
   * Reads the classes that the function's module names; false while they can't be read, most often because that module is
   * still being evaluated.
   */
  readClasses(): boolean {
    const found = this.#namedClasses();
    if (found === undefined) return false;
    this.#classes = found;
    for (const [name, cls] of Object.entries(found)) offerClass(name, cls, moduleOf(this.meta), this);
    return true;
  }

  #namedClasses(): ClassScope | undefined {
    try {
      return scopeFrom(this, { ...namedClasses(this.meta.classes?.() ?? {}), ...this.#added });
    } catch {
      return undefined;
    }
  }

  get home(): Home {
    this.#home ??= {
      file: this.origin.path,
      folder: this.origin.path && installationOf(this.origin.path, this.meta.package)?.folder,
    };
    return this.#home;
  }

  get id(): string {
    return this.meta.id;
  }

  /** What finds it among all versions of its function: the id, or for one that isn't the newest the id and its number. */
  get ref(): string {
    const { id } = this.meta;
    return registry.get(id) === this ? id : keyOf(this.meta);
  }

  /** Its id without the file: what people call it. */
  get name(): string {
    return this.meta.name ?? this.meta.id;
  }

  /** What this build knows of the function; undefined where a compiler of 0.1.0 compiled it. */
  get manifest(): Manifest | undefined {
    const { id, file, line, version, steps, locked, flow } = this.meta;
    if (version === undefined) return undefined;
    const sites = steps as readonly SiteRecord[];
    return {
      fn: id,
      file,
      line,
      version,
      sites,
      ...(locked && { locked }),
      ...(flow !== undefined && { flow }),
    };
  }

  /** One object for the life of the definition: the codec keeps an index by it. */
  get classes(): ClassScope | undefined {
    if (unread.size > 0) readClasses();
    // Its module was still being evaluated when another evaluation of it came to its place.
    this.#classes ??= this.#namedClasses();
    return this.#classes;
  }
}

/** The property of a durable function that holds its `Definition`; well known, so that copies of this package agree. */
export const DURABLE: unique symbol = Symbol.for('use-durable.function');

/** By id the newest version of each function, and by `keyOf` each version with a number. */
export const registry = state.functions as Map<string, Definition>;

/** Distinguishes the versions of a function. No id has a space behind its `#`, or without one. */
export const keyOf = ({ id, number }: Pick<DefinitionMeta, 'id' | 'number'>): string =>
  number === undefined ? id : `${id} version ${number}`;

export const moduleOf = (meta: DefinitionMeta): string =>
  `${meta.package === undefined ? '' : `${meta.package}/`}${meta.file}`;
