/** Parts of the texts of mismatches, of our own backend and of the engines. */

import { siteOf } from '../base/keys.ts';
import { asksForAll, cannotResume, keyAt, waitsForNothingRecorded } from '../base/messages/mismatch.ts';
import type { Definition } from '../functions/definition.ts';

/** At most this many requests are listed; the rest is counted. */
const SHOWN = 10;

/** A key as these texts show it: the key itself, and the place of its site. */
export type Place = (key: string) => string;

export const titleOf = (runId: string, { meta }: Definition): string =>
  cannotResume(runId, meta.id, meta.file, meta.line);

/** The requests of the code. */
export function asksFor(requests: readonly string[]): string {
  if (requests.length === 0) return waitsForNothingRecorded();
  return asksForAll(requests.slice(0, SHOWN), requests.length - SHOWN);
}

/** The places of the sites of a function in its present source. */
export const placeIn =
  (definition: Definition): Place =>
  (key) => {
    const now = positionIn(definition, key);
    return now === undefined ? `"${key}"` : keyAt(key, now);
  };

/** `file:line:column` of the site of a key in the present source; undefined if the function has no such site. */
export function positionIn({ meta }: Definition, key: string): string | undefined {
  const id = siteOf(key);
  const site = meta.steps.find((candidate) => candidate.id === id);
  return site && `${meta.file}:${site.line}:${site.column}`;
}
