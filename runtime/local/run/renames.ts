import type { Definition } from '../../functions/definition.ts';
import { definitions, isLoaded, rename } from '../../functions/definitions.ts';
import type { Store } from '../../stores/store.ts';
import { andThen } from '../time/deferred.ts';

/**
 * The ids that functions had before their files were renamed, in a store. A function of an unknown id is known again by its
 * module: where one that is loaded has the same name and all of the same code, the file was renamed and nothing else.
 */
export class Renames {
  readonly #store: Store;
  /** Functions whose ids this runtime has seen in the store. */
  readonly #kept = new WeakSet<Definition>();
  /** Functions whose earlier ids it has looked for. */
  readonly #learned = new WeakSet<Definition>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes under which id the runs of a function are. Throws or rejects with StoreError. */
  keep(definition: Definition): void | Promise<void> {
    const key = moduleKey(definition);
    if (key === undefined || this.#kept.has(definition)) return;
    return andThen(this.#add(key, [definition.id]), () => void this.#kept.add(definition));
  }

  /** Finds out which runs belong to functions that are loaded, and have ids of before. Rejects with StoreError. */
  async learn(): Promise<void> {
    for (const definition of definitions()) {
      const key = moduleKey(definition);
      if (key === undefined || this.#learned.has(definition)) continue;
      this.#learned.add(definition);
      const formerKey = `former:${definition.id}`;
      const known = idsIn(await this.#store.setting(formerKey));
      const alike = idsIn(await this.#store.setting(key)).filter((id) => !isLoaded(id));
      for (const id of new Set([...known, ...alike])) rename(id, definition);
      // The code may have changed again by the time the last of those runs resumes.
      if (alike.length > 0) await this.#add(formerKey, alike);
    }
  }

  /** Adds ids to a list in the store; what another worker adds at this moment is added by it, and this the next time. */
  #add(key: string, ids: readonly string[]): void | Promise<void> {
    return andThen(this.#store.setting(key), (text) => {
      const known = idsIn(text);
      const added = ids.filter((id) => !known.includes(id));
      if (added.length === 0) return;
      return andThen(this.#store.swap(key, text, JSON.stringify([...known, ...added])), () => {});
    });
  }
}

/** The key of the setting that has the ids of all functions with this name and code. */
const moduleKey = ({ name, meta: { module } }: Definition): string | undefined =>
  module === undefined ? undefined : `module:${module}#${name}`;

/** None in what is no such list. */
function idsIn(text: string | undefined): readonly string[] {
  try {
    const ids: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
