import { NonDeterminismError } from '../../base/errors.ts';
import { siteOf } from '../../base/keys.ts';
import { acceptedAnother, drawsAltered } from '../../base/messages/mismatch.ts';
import type { Definition } from '../../functions/definition.ts';
import { findDefinition } from '../../functions/definitions.ts';
import { compareManifests, type ManifestDifference } from '../../functions/manifest.ts';
import { acceptedOrder } from '../../journal/accepted.ts';
import type { RecordedCode } from '../../journal/code-versions.ts';
import type { JournalEvent } from '../../journal/events.ts';
import { titleOf } from '../../journal/mismatch-text.ts';

/** Why a run can't resume in the order that was accepted last, before anything of it is executed; undefined if it can. */
export function refusalOfAccepted(
  id: string,
  definition: Definition,
  code: RecordedCode,
  events: readonly JournalEvent[],
): NonDeterminismError | undefined {
  const order = acceptedOrder(events);
  if (order === undefined) return undefined;
  const { version: accepted, left } = order;
  const called = [...code.versions.keys()].flatMap(
    (fn) => code.definitions.get(fn) ?? findDefinition(fn) ?? [],
  );
  const versions = new Set([definition, ...called].flatMap(({ meta }) => meta.version ?? []));
  // Another deployment than the one that was accepted has the run.
  if (!versions.has(accepted))
    return new NonDeterminismError(id, acceptedAnother(id, definition.id, accepted, [...versions]));
  const drawn = new Map([definition, ...called].flatMap((one) => drawnAnew(one, code)));
  if (drawn.size === 0) return undefined;
  for (const key of left) {
    const places = drawn.get(siteOf(key));
    if (places !== undefined)
      return new NonDeterminismError(id, drawsAltered(titleOf(id, definition), key, ...places));
  }
  return undefined;
}

/**
 * The calls of a function whose arguments are other random values or times than those that were recorded, by the ids of sites. A
 * recorded outcome would belong to one value, and what is called behind it would get another one.
 */
function drawnAnew(
  definition: Definition,
  { manifests }: RecordedCode,
): readonly [string, [string, string]][] {
  const old = manifests.get(definition.ref) ?? manifests.get(definition.id);
  const now = definition.manifest;
  if (old === undefined || now === undefined || old.version === now.version) return [];
  const at = ({ line, column }: ManifestDifference['old']): string =>
    `${definition.meta.file}:${line}:${column}`;
  return [...compareManifests(old, now)].flatMap(([site, difference]) =>
    difference.isDrawn ? [[site, [at(difference.old), at(difference.now)]]] : [],
  );
}
