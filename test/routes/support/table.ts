/** What a store of the corpus says of the code that ran on it. */
import { DatabaseSync } from 'node:sqlite';

/** The durable functions with their versions and sites, and the keys of each run, in their order. */
export interface Table {
  readonly manifests: Readonly<Record<string, unknown>>;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export function tableOf(file: string): Table {
  const store = new DatabaseSync(file, { readOnly: true });
  try {
    const manifests = store
      .prepare(`select key, value from settings where key like '%manifest%' order by key`)
      .all()
      .map(({ key, value }) => [String(key), JSON.parse(String(value)) as unknown]);
    const keys: Record<string, string[]> = {};
    const events = store.prepare(
      'select id, data from events join runs on runs.key = events.run order by runs.id, seq',
    );
    for (const { id, data } of events.iterate()) {
      const { key } = JSON.parse(String(data)) as { readonly key?: string };
      if (key !== undefined) {
        keys[String(id)] ??= [];
        keys[String(id)]?.push(key);
      }
    }
    return { manifests: Object.fromEntries(manifests) as Record<string, unknown>, keys };
  } finally {
    store.close();
  }
}
