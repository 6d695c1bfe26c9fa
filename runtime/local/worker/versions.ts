import { findDefinition } from '../../functions/definitions.ts';
import type { Store } from '../../stores/store.ts';
import type { Manifests } from '../run/manifests.ts';

/** A version of the code of a durable function that unfinished runs execute. */
export interface VersionInUse {
  /** The id of the function. */
  readonly fn: string;
  /** The code version; null for runs of 0.1.0, which recorded none. */
  readonly version: string | null;
  /** The number in the directive of the function that has this code, where a worker has told one. */
  readonly number?: number;
  /** Whether it is the newest version that this process has loaded; undefined where it has loaded none. */
  readonly newest?: boolean;
  readonly running: number;
  readonly blocked: number;
  /** When the oldest of these runs was created, ms since the epoch. */
  readonly since: number;
}

/** What the store knows of the code in use, with what this process knows of it. Rejects with StoreError. */
export async function versionsInUse(
  store: Store,
  manifests: Manifests,
  fns: readonly string[] | undefined,
): Promise<readonly VersionInUse[]> {
  const found = (await store.codeInUse()).filter(({ fn }) => fns?.includes(fn) ?? true);
  return Promise.all(
    found.map(async ({ code, ...counts }) => {
      const loaded = findDefinition(counts.fn);
      const number = code === null ? undefined : await manifests.numberOf(counts.fn, code);
      return {
        ...counts,
        version: code,
        ...(number !== undefined && { number }),
        ...(loaded !== undefined && { newest: loaded.meta.version === code }),
      };
    }),
  );
}
