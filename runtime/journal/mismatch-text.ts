/** The parts that the texts of mismatches share, of our own backend and of the engines. */

import { siteOf } from '../base/keys.ts';
import type { Definition } from '../functions/definitions.ts';

/** At most this many requests are listed; the rest is counted. */
const SHOWN = 10;

/** What makes two executions of the same code differ. */
export const CAUSES = 'state outside the function, the environment, or a promise that no step made';

/** What the code does if it has ended. */
export const ENDED = 'has returned or thrown without asking for that';

/** A key as these texts show it: the key itself, and the place of its site. */
export type Place = (key: string) => string;

/** How all of these texts begin. */
export const cannotContinue = (runId: string, { meta }: Definition): string =>
  `Run "${runId}" of ${meta.id} (${meta.file}:${meta.line}) can't go on`;

/** What the code asks for instead. */
export function asksFor(requests: readonly string[]): string {
  if (requests.length === 0) return 'waits for nothing that is recorded';
  const list = requests.slice(0, SHOWN);
  if (requests.length > SHOWN) list.push(`and ${requests.length - SHOWN} more`);
  return `asks for ${list.join(', ')}`;
}

/** The places of the sites of a function in its present source. */
export const placeIn =
  (definition: Definition): Place =>
  (key) => {
    const now = positionIn(definition, key);
    return now === undefined ? `"${key}"` : `"${key}" (${now})`;
  };

/** `file:line:column` of the site of a key in the present source; undefined if the function has no such site. */
export function positionIn({ meta }: Definition, key: string): string | undefined {
  const id = siteOf(key);
  const site = meta.steps.find((candidate) => candidate.id === id);
  return site && `${meta.file}:${site.line}:${site.column}`;
}
