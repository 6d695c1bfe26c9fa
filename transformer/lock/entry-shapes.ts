import type { LockedScope, LockedSite } from '../base/locked.ts';

/**
 * The checksum of one line of a lock. It finds lines that were edited by hand. It covers the line alone, so that lines of two
 * branches can be merged.
 */
function sumOf(entry: LockedSite | LockedScope): string {
  const text = JSON.stringify(fieldsOf(entry));
  // FNV-1a
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/** The fields in the order in which they are written. */
const SITE = ['id', 'kind', 'print', 'path', 'in', 'name', 'rounds', 'call'] as const;
const SCOPE = ['scope', 'print', 'name'] as const;
const OPTIONAL: ReadonlySet<string> = new Set(['in', 'name', 'rounds']);

function fieldsOf(entry: LockedSite | LockedScope): Record<string, unknown> {
  const given = entry as unknown as Record<string, unknown>;
  const names: readonly string[] = 'id' in entry ? SITE : SCOPE;
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

export const entryText = (entry: LockedSite | LockedScope): string =>
  JSON.stringify({ ...fieldsOf(entry), sum: sumOf(entry) });

/** A site or scope as it was read; a text says what is wrong with it. */
export function entryOf(value: unknown): LockedSite | LockedScope | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a site is expected here';
  const given = value as Record<string, unknown>;
  const names: readonly string[] = 'id' in given ? SITE : SCOPE;
  for (const name of names) {
    if (given[name] === undefined ? OPTIONAL.has(name) : isTyped(name, given[name])) continue;
    return `"${name}" is ${given[name] === undefined ? 'missing' : 'of another type'}`;
  }
  const entry = fieldsOf(given as unknown as LockedSite) as unknown as LockedSite | LockedScope;
  if (given.sum !== sumOf(entry)) return 'this line was edited by hand: its checksum is that of another text';
  return entry;
}

const isTyped = (name: string, value: unknown): boolean =>
  name === 'rounds'
    ? Array.isArray(value) && value.every((round) => typeof round === 'string')
    : typeof value === 'string' && value !== (name === 'id' || name === 'scope' ? '' : undefined);
