/** How keys become the names of operations, and operations become ids. */
import * as crypto from 'node:crypto';
import { LIMITS } from './limits.ts';

/** Operations that belong to no call in the source. Neither generated ids nor names that an author chooses begin like this. */
export const CONTROL = {
  /** Records in which order completions that carry nothing of ours are delivered. */
  order: '~order',
  /** Records how many lines the body has printed. */
  lines: '~lines',
  /** Keeps the invocation alive while the body awaits a foreign promise. */
  hold: '~hold',
} as const;

export type Control = keyof typeof CONTROL;

const controls = new Map(Object.entries(CONTROL).map(([kind, name]) => [name as string, kind as Control]));

export const controlOf = (name: string | undefined): Control | undefined =>
  name === undefined ? undefined : controls.get(name);

const FITS = /^[\x20-\x7D][\x20-\x7E]*$/;
/** What a name that had to be changed looks like; a key that looks like it by chance is changed too. */
const CHANGED = /^~[0-9a-f]{32}$/;
const HASH_LENGTH = 33;

const fits = (key: string): boolean =>
  key.length <= LIMITS.nameLength &&
  FITS.test(key) &&
  // Asked of every step; the tilde alone rules out nearly all keys.
  !(key[key.length - HASH_LENGTH] === '~' && CHANGED.test(key.slice(-HASH_LENGTH)));

/**
 * The name of the operation for a key: the key itself, if the engine takes it; else as much of it as fits and a hash.
 * Two keys never share a name, and a key has the same name for ever.
 */
export function operationName(key: string): string {
  if (fits(key)) return key;
  const shown = key.replace(/[^\x20-\x7D]/g, '?').slice(0, LIMITS.nameLength - HASH_LENGTH);
  return `${shown}~${crypto.hash('sha256', key, 'hex').slice(0, HASH_LENGTH - 1)}`;
}

/**
 * The id that the SDK assigns to the n-th operation of the root context, n from 1 on. The SDK can't change this without losing
 * its running executions. It is compared with the ids that the SDK sends nevertheless.
 */
export function operationId(position: number): string {
  const known = ids[position];
  if (known !== undefined) return known;
  const id = crypto.hash('md5', String(position), 'hex').slice(0, 16);
  ids[position] = id;
  return id;
}

/** They are the same in every execution. */
const ids: string[] = [];
