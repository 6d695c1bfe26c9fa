import { StoreError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definition.ts';
import { definitions, findDefinition, versionsOf } from '../../functions/definitions.ts';
import type { Manifest } from '../../functions/manifest.ts';
import type { RecordedCode } from '../../journal/code-versions.ts';
import type { Store } from '../../stores/store.ts';
import { andThen } from '../time/deferred.ts';
import { Renames } from './renames.ts';

/** Manifests in a store: what each version of the code was that its runs were recorded with, each kept once. */
export class Manifests {
  readonly #store: Store;
  /** Functions whose version this runtime has seen in the store. */
  readonly #kept = new WeakSet<Definition>();
  readonly renames: Renames;

  constructor(store: Store) {
    this.#store = store;
    this.renames = new Renames(store);
  }

  /** Sees to it that the store knows this version of a function. Throws or rejects with StoreError. */
  keep(definition: Definition): void | Promise<void> {
    if (this.#kept.has(definition)) return;
    const { id, manifest } = definition;
    if (manifest === undefined) return;
    const key = manifestKey(id, manifest.version);
    // Whoever wrote it, it is the same.
    const written = andThen(this.#setting(key), (known) =>
      known === undefined ? this.#store.swap(key, undefined, JSON.stringify(manifest)) : true,
    );
    return andThen(
      andThen(written, () => this.#keepNumber(definition)),
      () => {
        this.#kept.add(definition);
        return this.renames.keep(definition);
      },
    );
  }

  /** Keeps the numbers of all loaded functions that have one, for runs that other processes began. Rejects with StoreError. */
  async keepNumbers(): Promise<void> {
    for (const definition of definitions())
      if (definition.meta.number !== undefined) await this.keep(definition);
  }

  /** A later repair of a version has other code, and its number finds the runs of this one. */
  #keepNumber({ id, meta: { version, number } }: Definition): void | Promise<void> {
    if (version === undefined || number === undefined) return;
    const key = numberKeyOf(id, version);
    return andThen(this.#setting(key), (known) => {
      if (known === String(number)) return;
      return andThen(this.#store.swap(key, known, String(number)), () => {});
    });
  }

  /** Like `keep`, without waiting: a failure of the store shows with the next write. */
  note(definition: Definition): void {
    if (this.#kept.has(definition)) return;
    try {
      Promise.resolve(this.keep(definition)).catch(() => {});
    } catch {
      // See above.
    }
  }

  /**
   * What is known of recorded versions: which functions of this process the run goes on with, and what the store knows of those
   * that aren't among them. Rejects with StoreError.
   */
  async recorded(versions: ReadonlyMap<string, string>): Promise<RecordedCode> {
    const manifests = new Map<string, Manifest>();
    const chosen = new Map<string, Definition>();
    for (const [fn, version] of versions) {
      const newest = findDefinition(fn);
      const ref = newest?.ref ?? fn;
      // What is recorded under an earlier id is older.
      manifests.delete(ref);
      chosen.delete(ref);
      if (newest?.meta.version === version) continue;
      const kept = newest && (await this.#versionWith(newest, fn, version));
      if (kept !== undefined && kept !== newest) chosen.set(ref, kept);
      if (kept?.meta.version === version) continue;
      const manifest = await this.find(fn, version);
      if (manifest !== undefined) manifests.set(ref, manifest);
    }
    return { versions, manifests, definitions: chosen };
  }

  /** The loaded version of a function that has the recorded code, or else the number that is known of that code. */
  async #versionWith(newest: Definition, fn: string, version: string): Promise<Definition | undefined> {
    if (newest.ref !== newest.id) return undefined;
    const versions = versionsOf(newest.id);
    if (versions.length === 1) return undefined;
    const same = versions.find(({ meta }) => meta.version === version);
    if (same !== undefined) return same;
    const number = await this.numberOf(fn, version);
    return number === undefined ? undefined : versions.find(({ meta }) => meta.number === number);
  }

  /** Whether an unfinished run executes this code. Rejects with StoreError. */
  async isInUse(fn: string, version: string): Promise<boolean> {
    return this.#store.isInUse(fn, version);
  }

  /** The number that a process with this code has told. Rejects with StoreError. */
  async numberOf(fn: string, version: string): Promise<number | undefined> {
    const number = await this.#setting(numberKeyOf(fn, version));
    return number === undefined || number === '' ? undefined : Number(number);
  }

  /** What the store knows of recorded versions. Rejects with StoreError. */
  async all(versions: ReadonlyMap<string, string>): Promise<readonly Manifest[]> {
    const found = await Promise.all([...versions].map(([fn, version]) => this.find(fn, version)));
    return found.filter((manifest) => manifest !== undefined);
  }

  /** Keeps manifests that come from elsewhere. */
  async add(manifests: readonly Manifest[]): Promise<void> {
    for (const manifest of manifests)
      await this.#store.swap(manifestKey(manifest.fn, manifest.version), undefined, JSON.stringify(manifest));
  }

  /** Undefined where the store doesn't know it. Rejects with StoreError. */
  async find(fn: string, version: string): Promise<Manifest | undefined> {
    return readManifest(await this.#setting(manifestKey(fn, version)));
  }

  /** Damaged settings count as missing: runs resume without them. */
  #setting(key: string): string | undefined | Promise<string | undefined> {
    const spare = (error: unknown): string => {
      if (error instanceof StoreError && error.partial) return '';
      throw error;
    };
    try {
      const found = this.#store.setting(key);
      return found instanceof Promise ? found.catch(spare) : found;
    } catch (error) {
      return spare(error);
    }
  }
}

/** The key of the setting with the number of a version. */
const numberKeyOf = (fn: string, version: string): string => `number:${fn}@${version}`;

/** The key of the setting that a manifest is in. */
export const manifestKey = (fn: string, version: string): string => `manifest:${fn}@${version}`;

/** Undefined for what is no manifest: then as little is known as of a journal of 0.1.0. */
export function readManifest(text: string | undefined): Manifest | undefined {
  if (text === undefined) return undefined;
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    return Array.isArray(manifest?.sites) && typeof manifest.file === 'string'
      ? (manifest as Manifest)
      : undefined;
  } catch {
    return undefined;
  }
}
