import { realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FilePlace, realDisk } from '../base/file-id.ts';
import { LOCK_FILE, type Lock, type LockedFunction } from '../base/locked.ts';
import type { Manifest } from '../base/plan.ts';
import { lockText } from './lock-text.ts';
import { isTestFile } from './mode.ts';
import { lockIn, lockOfFile, pathAndName, withoutVersion } from './read-lock.ts';

/**
 * The lock with what one file has now. Of functions that are gone the ids are kept.
 *
 * @param formerOf the function in the lock that is this one, which may have another id
 */
export function withFile(
  lock: Lock,
  { path, package: name }: FilePlace['id'],
  functions: readonly LockedFunction[],
  formerOf: (fn: string) => LockedFunction | undefined,
): Lock {
  const now = new Map(lock);
  const present = new Set(functions.map(({ fn }) => fn));
  for (const one of functions) {
    const former = formerOf(one.fn);
    if (former === undefined && isTestFile(path)) continue;
    // The function of which this is a version is beside it, or in another file.
    const stays =
      former !== undefined &&
      (present.has(former.fn) ||
        (withoutVersion(former.fn) === withoutVersion(one.fn) && fileOf(former, name) !== path));
    if (former !== undefined && !stays) now.delete(former.fn);
    now.set(one.fn, one);
  }
  for (const one of lock.values())
    if (fileOf(one, name) === path && !present.has(one.fn) && now.has(one.fn)) now.set(one.fn, gone(one));
  return now;
}

/** The file of a function, relative to the package; undefined if it is in another package. */
export const fileOf = ({ fn, file }: LockedFunction, packageName: string | undefined): string | undefined =>
  file ?? pathAndName(fn, packageName)?.path;

/** What is kept of a function that is gone. */
export function gone({ fn, file, sites, scopes, retired }: LockedFunction): LockedFunction {
  return {
    fn,
    ...(file !== undefined && { file }),
    version: undefined,
    sites: [],
    scopes: [],
    retired: [...retired, ...sites, ...scopes],
  };
}

/** Without the ids of what is gone. They may be given to other calls then. */
export function pruned(lock: Lock): Lock {
  const kept = [...lock.values()].filter(({ version }) => version !== undefined);
  return new Map(kept.map((one) => [one.fn, { ...one, retired: [] }]));
}

/** Writes what one file has now into the lock of its package. A lock with a problem stays as it is. */
export function updateLock(place: FilePlace, functions: readonly LockedFunction[]): void {
  const found = lockIn(place.folder, realDisk);
  if (found?.problem !== undefined || (found === undefined && functions.length === 0)) return;
  const before = lockOfFile(place, realDisk, false);
  const now = withFile(found?.lock ?? new Map(), place.id, functions, (fn) => before?.of(fn));
  if (found !== undefined || now.size > 0) writeLock(place.folder, now);
}

interface CompiledFunctions {
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly compiledIds: ReadonlySet<string>;
}

/** Writes the functions of a file that a build with types has compiled; nothing where another tool had some of them before. */
export function lockFunctions(
  place: FilePlace | undefined,
  { manifests, compiledIds }: CompiledFunctions,
): void {
  if (place && manifests.size > 0 && compiledIds.size === 0) updateLock(place, recordsOf(manifests));
}

/** What the lock keeps of the functions of a file. */
export const recordsOf = (manifests: ReadonlyMap<string, Manifest>): readonly LockedFunction[] =>
  [...manifests.values()].map(({ record }) => record());

let count = 0;

/**
 * Writes a lock, if its text differs from the one that is there. Other processes see the old text or the new one, never a part.
 * Returns whether it was written.
 */
export function writeLock(folder: string, lock: Lock): boolean {
  const text = lockText(lock);
  const path = join(folder, LOCK_FILE);
  if (isSameText(realDisk.readFile(path), text)) return false;
  const target = linkedTo(path);
  const draft = `${target}.${process.pid}.${++count}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  return true;
}

/** Whether two texts of locks differ in nothing but what Git or an editor does to the ends of lines. */
export const isSameText = (one: string | undefined, other: string): boolean =>
  one?.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n') === other;

/** The file itself, where the path is a link. */
function linkedTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
