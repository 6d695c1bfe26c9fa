/** The locks of the packages of a project: as they are, and as the code would have them. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type FilePlace, placeOf, realDisk } from '../../transformer/base/file-id.ts';
import { LOCK_FILE, type Lock, type LockProblem } from '../../transformer/base/locked.ts';
import { mayHoldDirective } from '../../transformer/base/may-concern.ts';
import type { Diagnostic } from '../../transformer/index.ts';
import { lockText } from '../../transformer/lock/lock-text.ts';
import { mergedLock } from '../../transformer/lock/merge-lock.ts';
import { fileLock, lockIn, type ReadLock, readLock } from '../../transformer/lock/read-lock.ts';
import { fileOf, gone, withFile } from '../../transformer/lock/write-lock.ts';
import { type CompiledFunction, type CompiledProject, compileProject } from '../compile/compile-project.ts';
import type { Texts } from '../compile/project-files.ts';

/** The lock of one package. */
export interface PackageLock {
  /** Absolute. */
  readonly folder: string;
  /** Undefined where there is none. */
  readonly before: Lock | undefined;
  readonly now: Lock;
  /** Both sides of a merge were in it. */
  readonly isMerged: boolean;
}

export interface ProjectLocks {
  readonly locks: readonly PackageLock[];
  /** Locks that can't be read, and are left as they are. */
  readonly problems: readonly (LockProblem & { readonly folder: string })[];
  /** Errors of the compiler. What the lock has of these files stays as it is. */
  readonly errors: readonly Diagnostic[];
}

/** @param isMerging whether a lock that a merge has left with both sides is put together */
export function projectLocks(root: string, isMerging: boolean): ProjectLocks {
  const first = compileProject({ root, isLocking: true });
  const folders = foldersOf(root, first);
  const merged = new Map<string, ReadLock>();
  const problems: (LockProblem & { folder: string })[] = [];
  for (const folder of folders) {
    const found = lockIn(folder, realDisk);
    if (found?.problem === undefined) continue;
    if (isMerging && found.problem.isMerge) merged.set(folder, readLock(lockText(mergedLock(found.text))));
    else problems.push({ ...found.problem, folder });
  }
  // Sites were named without these locks.
  const project =
    merged.size === 0 ? first : compileProject({ root, isLocking: true, texts: textsOf(root, merged) });
  const usable = folders.filter((folder) => problems.every((problem) => problem.folder !== folder));
  return {
    locks: usable.map((folder) => packageLock(root, folder, project, merged.get(folder))),
    problems,
    errors: project.diagnostics.filter(({ severity }) => severity === 'error'),
  };
}

const textsOf = (root: string, locks: ReadonlyMap<string, ReadLock>): Texts =>
  new Map([...locks].map(([folder, { text }]) => [pathIn(root, join(folder, LOCK_FILE)), text]));

const pathIn = (root: string, path: string): string =>
  relative(realpathSync(root), path).replaceAll('\\', '/');

/** A file with durable functions, in its package. */
interface PlacedFile extends FilePlace {
  readonly functions: readonly CompiledFunction[];
}

const placed = (root: string, { files, functions }: CompiledProject): readonly PlacedFile[] =>
  files.flatMap((file) => {
    const place = placeOf(join(root, file));
    return place === undefined ? [] : [{ ...place, functions: functions.filter((one) => one.file === file) }];
  });

/** The folders of the packages with durable functions, and of the root: its functions may all be gone. */
function foldersOf(root: string, project: CompiledProject): readonly string[] {
  const own = placeOf(join(root, 'package.json'))?.folder;
  const folders = new Set(placed(root, project).map(({ folder }) => folder));
  if (own !== undefined && existsSync(join(own, LOCK_FILE))) folders.add(own);
  return [...folders].sort();
}

const NONE: ReadLock = { text: '', lock: new Map(), problem: undefined };

function packageLock(
  root: string,
  folder: string,
  project: CompiledProject,
  merged: ReadLock | undefined,
): PackageLock {
  const found = merged ?? lockIn(folder, realDisk) ?? NONE;
  const before = found === NONE ? undefined : found.lock;
  const wrong = new Set(
    project.diagnostics.flatMap((one) => (one.severity === 'error' ? [one.fileName] : [])),
  );
  const files = placed(root, project).filter((file) => file.folder === folder);
  let now = found.lock;
  for (const file of files) {
    if (wrong.has(pathIn(root, join(folder, file.id.path)))) continue;
    const former = fileLock(found, file, realDisk, false);
    now = withFile(
      now,
      file.id,
      file.functions.map(({ record }) => record()),
      former.of,
    );
  }
  return { folder, before, now: withoutGone(now, folder, files), isMerged: merged !== undefined };
}

/** Of functions whose file is gone, or has no durable functions any more, only the ids are kept. */
function withoutGone(lock: Lock, folder: string, files: readonly PlacedFile[]): Lock {
  const compiled = new Set(files.map(({ id }) => id.path));
  const name = files[0]?.id.package ?? placeOf(join(folder, 'package.json'))?.id.package;
  const isGone = (path: string): boolean => {
    if (compiled.has(path)) return false;
    const file = join(folder, path);
    return !existsSync(file) || !mayHoldDirective(readFileSync(file, 'utf8'));
  };
  return new Map(
    [...lock].map(([fn, one]) => {
      const path = fileOf(one, name);
      return [fn, one.version !== undefined && path !== undefined && isGone(path) ? gone(one) : one];
    }),
  );
}
