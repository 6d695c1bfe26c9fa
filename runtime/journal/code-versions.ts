import { siteOf } from '../base/keys.ts';
import type { Definition } from '../functions/definition.ts';
import { findDefinition } from '../functions/definitions.ts';
import {
  compareManifests,
  type Manifest,
  type ManifestDifference,
  type SiteRecord,
} from '../functions/manifest.ts';
import type { RecordedVersions as Stamp } from './events.ts';

/** What was recorded of the code of a run. */
export interface RecordedCode {
  /** The version that each function had last, by the id that it had then. */
  readonly versions: ReadonlyMap<string, string>;
  /** Of the versions that differ from those of this process, what the store knows, by the `ref` of the function now. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** The functions that the run goes on with where they aren't the newest of their ids, by id. */
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** A key that means a call with other arguments than it did. */
export interface ChangedCall {
  readonly key: string;
  readonly difference: ManifestDifference;
  readonly definition: Definition;
}

/** Where a site stood in the code that a run was recorded with. */
export interface OldPlace {
  readonly file: string;
  readonly site: SiteRecord;
}

/**
 * The versions of the durable functions that make up one run: its own, and those that it calls. If the code is the recorded
 * code, a replay repeats the recorded calls. If it isn't, each recorded key is checked.
 */
export class CodeVersions {
  readonly #root: Definition;
  readonly #recorded: RecordedCode;
  /** The version of each function as the journal has it, or will have it with the next event. */
  readonly #current = new Map<string, string>();
  /** What the next event is to record. */
  #unrecorded: Record<string, string> | undefined;
  /** The functions of the scopes that aren't of the function around them, by path; kept for a replay alone. */
  #scopes: Map<string, Definition> | undefined;
  /** As in `#recorded`, of functions that had other ids then. */
  readonly #adopted = new Map<string, Manifest>();
  readonly #differences = new Map<Definition, ReadonlyMap<string, ManifestDifference>>();
  readonly #changed = new Map<string, ChangedCall>();
  /** The first version that the run was not recorded with. */
  #acceptable: string | undefined;
  #isSame: boolean;
  #hasChanged: boolean;
  /** The root, where a newer version of it is loaded as well. */
  readonly #olderRoot: Definition | undefined;

  /** @param isReplayed there is a journal to replay, with keys to look at */
  constructor(root: Definition, recorded: RecordedCode, isReplayed: boolean) {
    this.#root = root;
    this.#recorded = recorded;
    for (const [fn, version] of recorded.versions) this.#current.set(findDefinition(fn)?.ref ?? fn, version);
    if (root.ref !== root.id) this.#olderRoot = root;
    if (isReplayed) this.#scopes = new Map();
    // A journal of 0.1.0, or of a function that was compiled by it: of an unknown version.
    const isUnknown = !this.#current.has(root.id);
    this.#isSame = !isUnknown && root.meta.version !== undefined;
    // The next event records the version, so this is reported once.
    this.#hasChanged = isUnknown && root.meta.version !== undefined;
    this.#see(root);
  }

  /** All the code that the run has come to is the code that was recorded. */
  get isSame(): boolean {
    return this.#isSame;
  }

  /** The code has another version than the one that was recorded, or has one where none was recorded. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /**
   * The code version that a person may accept for the run: of the first function whose code is another one. Undefined where it isn't
   * certain of some call which one it is: under its key could be the outcome of another one.
   */
  get acceptable(): string | undefined {
    const functions = new Set([this.#root, ...(this.#scopes?.values() ?? [])]);
    const differences = [...functions].flatMap((one) => [...(this.#differencesOf(one)?.values() ?? [])]);
    return differences.some(({ kind }) => kind === 'uncertain') ? undefined : this.#acceptable;
  }

  /** The run calls a durable function; `path` is that of the scope in which its keys are. */
  enter(path: string, definition: Definition): void {
    const name = this.#nameOf(definition);
    this.#scopes?.set(path, definition);
    if (this.#scopes !== undefined && !this.#current.has(name)) this.#adopt(definition);
    if (this.#current.get(name) !== definition.meta.version) this.#see(definition);
  }

  /** The version that the run goes on with of what it calls; undefined for the one that is called. */
  versionFor(ref: string): string | undefined {
    const version = this.#olderRoot?.id === ref ? this.#olderRoot : this.#recorded.definitions.get(ref);
    return version?.ref;
  }

  /** The name of a function in journals: its id, except for a version that the code of the run itself names. */
  #nameOf(definition: Definition): string {
    const { id } = definition;
    const isOurs = definition === this.#root || this.#recorded.definitions.get(id) === definition;
    return isOurs ? id : definition.ref;
  }

  /**
   * The journal says nothing of a function that is called here. If it speaks of one of its package and name that isn't there any
   * more, the file was renamed since, and changed as well, or it would be known.
   */
  #adopt({ id, meta: { name, package: pkg = '' } }: Definition): void {
    if (name === undefined) return;
    const [former, other] = [...this.#current.keys()].filter(
      (fn) => fn.startsWith(pkg) && fn.endsWith(`#${name}`) && findDefinition(fn) === undefined,
    );
    if (former === undefined || other !== undefined) return;
    this.#current.set(id, this.#current.get(former) ?? '');
    const manifest = this.#recorded.manifests.get(former);
    if (manifest !== undefined) this.#adopted.set(id, manifest);
  }

  /** What the store knows of the code of a function that was recorded. */
  #oldManifest(definition: Definition): Manifest | undefined {
    return this.#recorded.manifests.get(this.#nameOf(definition)) ?? this.#adopted.get(definition.id);
  }

  #see(definition: Definition): void {
    const id = this.#nameOf(definition);
    const { version } = definition.meta;
    const known = this.#current.get(id);
    if (version === undefined || known === version) return;
    if (known !== undefined || definition === this.#root) this.#acceptable ??= version;
    if (known !== undefined) {
      this.#isSame = false;
      this.#hasChanged = true;
    }
    this.#current.set(id, version);
    this.#unrecorded ??= {};
    this.#unrecorded[id] = version;
  }

  /** What the event that is written now is to record; undefined where the code is as before. */
  take(): Stamp | undefined {
    const stamp = this.#unrecorded;
    this.#unrecorded = undefined;
    return stamp;
  }

  /**
   * The code requests a recorded key. Returns the call if it may not be the recorded one. The key of a step of a durable
   * function begins with the call of that function, which may be another one as well.
   */
  check(key: string): ChangedCall | undefined {
    for (let end = key.indexOf('/'); end !== -1; end = key.indexOf('/', end + 1)) {
      const path = key.slice(0, end);
      const uncertain = this.#scopes?.has(path) ? this.#checkCall(path) : undefined;
      if (uncertain !== undefined) return uncertain;
    }
    return this.#checkCall(key);
  }

  #checkCall(key: string): ChangedCall | undefined {
    const definition = this.definitionOf(key);
    const difference = this.#differencesOf(definition)?.get(siteOf(key));
    if (difference === undefined) return undefined;
    const call = { key, difference, definition };
    if (difference.kind === 'uncertain') return call;
    this.#changed.set(key, call);
    return undefined;
  }

  /** Calls whose recorded outcomes are kept though their arguments were changed. */
  get changed(): readonly ChangedCall[] {
    return [...this.#changed.values()];
  }

  /** Where the site of a key stood in the code that was recorded last; undefined where that isn't known. */
  oldPlace(key: string): OldPlace | undefined {
    const manifest = this.#oldManifest(this.definitionOf(key));
    const id = siteOf(key);
    const site = manifest?.sites.find((candidate) => candidate.id === id);
    return manifest && site && { file: manifest.file, site };
  }

  /** The function whose source contains the site of a key. */
  definitionOf(key: string): Definition {
    const scopes = this.#scopes;
    if (scopes === undefined || scopes.size === 0) return this.#root;
    // A name given by hand may hold a slash, but no scope is called like that.
    for (let end = key.lastIndexOf('/'); end !== -1; end = key.lastIndexOf('/', end - 1)) {
      const definition = scopes.get(key.slice(0, end));
      if (definition !== undefined) return definition;
      if (end === 0) break;
    }
    return this.#root;
  }

  /** The code that the run has executed and that isn't the newest which this process has, by function. */
  get older(): readonly { readonly fn: string; readonly version: string }[] {
    return [...this.#current].flatMap(([fn, version]) =>
      findDefinition(fn)?.meta.version === version ? [] : [{ fn, version }],
    );
  }

  /** The replay is over. */
  live(): void {
    this.#scopes = undefined;
    this.#changed.clear();
    this.#differences.clear();
  }

  #differencesOf(definition: Definition): ReadonlyMap<string, ManifestDifference> | undefined {
    const old = this.#oldManifest(definition);
    const now = definition.manifest;
    if (old === undefined || now === undefined || old.version === now.version) return undefined;
    let differences = this.#differences.get(definition);
    if (differences === undefined) {
      differences = compareManifests(old, now);
      this.#differences.set(definition, differences);
    }
    return differences;
  }
}
