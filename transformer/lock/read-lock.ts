import { createHash } from 'node:crypto';
import type { Disk, FilePlace } from '../base/file-id.ts';
import {
  type FileLock,
  LOCK_FILE,
  type Lock,
  type LockedFunction,
  type LockProblem,
} from '../base/locked.ts';
import { readLockText } from './lock-text.ts';

/** A lock that was read: its functions, or what is wrong with it. */
export interface ReadLock {
  readonly text: string;
  readonly lock: Lock;
  readonly problem: LockProblem | undefined;
}

/**
 * Reads the text of a lock: that on disk, or that of another revision. Its functions have their code version and their sites, each
 * with id, kind, print, path and rounds as in a manifest, and with the text of the call instead of a line.
 */
export function readLock(text: string): ReadLock {
  const result = readLockText(text);
  return 'problem' in result
    ? { text, lock: new Map(), problem: result.problem }
    : { text, lock: result.lock, problem: undefined };
}

/** The lock with this text, for the functions of one file. */
export function lockOfText(text: string, isStrict: boolean): FileLock {
  const { lock, problem } = readLock(text);
  return {
    name: LOCK_FILE,
    of: (fn) => lock.get(fn) ?? ofOtherVersion(lock, fn),
    problem,
    digestOf: () => digestOf([text]),
    isStrict,
  };
}

const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 10);

/** By path. A package has one lock and many files. */
const read = new Map<string, ReadLock & { readonly stamp: string | undefined }>();

/** The lock beside the `package.json` of a package; undefined if it has none. */
export function lockIn(folder: string, disk: Disk): ReadLock | undefined {
  const path = disk.path.join(folder, LOCK_FILE);
  const stamp = disk.stamp?.(path);
  if (disk.stamp !== undefined && stamp === undefined) return undefined;
  const known = read.get(path);
  if (known !== undefined && stamp !== undefined && known.stamp === stamp) return known;
  const text = disk.readFile(path);
  if (text === undefined) return undefined;
  if (known?.text === text) return known;
  const now = { ...readLock(text), stamp };
  read.set(path, now);
  return now;
}

/** The lock of the package of a file. */
export function lockOfFile(place: FilePlace, disk: Disk, isStrict: boolean): FileLock | undefined {
  const found = lockIn(place.folder, disk);
  return found && fileLock(found, place, disk, isStrict);
}

/** A lock as the files of its package see it. */
export function fileLock(
  { lock, problem, text }: ReadLock,
  { id: { package: name }, folder }: FilePlace,
  disk: Disk,
  isStrict: boolean,
): FileLock {
  const isThere = (path: string): boolean => disk.readFile(disk.path.join(folder, path)) !== undefined;
  const pathOf = ({ fn, file }: LockedFunction): string | undefined => file ?? pathAndName(fn, name)?.path;
  return {
    name: LOCK_FILE,
    of: (fn) => lock.get(fn) ?? ofOtherVersion(lock, fn) ?? ofFormerFile(lock, fn, name, isThere),
    problem,
    digestOf: (path) =>
      digestOf(
        problem === undefined
          ? [...lock.values()].flatMap((one) => (pathOf(one) === path ? [JSON.stringify(one)] : []))
          : [text],
      ),
    isStrict,
  };
}

/**
 * What the lock knows of a function of which a version is new. The code of before is kept as one version, and the other is made
 * of it, so both go on from there.
 */
function ofOtherVersion(lock: Lock, fn: string): LockedFunction | undefined {
  const [, id] = VERSION.exec(fn) ?? [];
  if (id === undefined) return undefined;
  const plain = lock.get(id);
  if (plain?.version !== undefined) return plain;
  const numbers = [...lock.values()].flatMap((one) => {
    const [, other, number] = VERSION.exec(one.fn) ?? [];
    return other === id && one.version !== undefined ? [Number(number)] : [];
  });
  return numbers.length === 0 ? undefined : lock.get(`${id} version ${Math.max(...numbers)}`);
}

/** As `functionKey` writes it. */
const VERSION = /^(.*) version (\d+)$/;

/** The id that all versions of a function have. */
export const withoutVersion = (fn: string): string => VERSION.exec(fn)?.[1] ?? fn;

/** The same function in a file that was renamed: of those with its name, the only one whose file is gone. */
function ofFormerFile(
  lock: Lock,
  fn: string,
  packageName: string | undefined,
  isThere: (path: string) => boolean,
): LockedFunction | undefined {
  const named = pathAndName(fn, packageName);
  if (named === undefined) return undefined;
  const [former, other] = [...lock.values()].filter(({ fn: candidate, version }) => {
    const old = pathAndName(candidate, packageName);
    return version !== undefined && old?.name === named.name && old.path !== named.path && !isThere(old.path);
  });
  return other === undefined ? former : undefined;
}

/** The parts of an id that is made of a file and a name; undefined for an id that the author chose. */
export function pathAndName(
  fn: string,
  packageName: string | undefined,
): { readonly path: string; readonly name: string } | undefined {
  const own =
    packageName === undefined ? fn : fn.startsWith(`${packageName}/`) ? fn.slice(packageName.length + 1) : '';
  const at = own.lastIndexOf('#');
  return at === -1 ? undefined : { path: own.slice(0, at), name: own.slice(at + 1) };
}
