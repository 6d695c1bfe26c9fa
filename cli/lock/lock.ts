import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { realDisk } from '../../transformer/base/file-id.ts';
import { LOCK_FILE } from '../../transformer/base/locked.ts';
import { formatDiagnostic } from '../../transformer/index.ts';
import { lockText } from '../../transformer/lock/lock-text.ts';
import { isSameText, pruned, writeLock } from '../../transformer/lock/write-lock.ts';
import { plural, styled, wrap } from '../base/terminal.ts';
import { NoProjectError } from '../project/project.ts';
import { type LockChange, lockChanges } from './lock-changes.ts';
import { type PackageLock, type ProjectLocks, projectLocks } from './package-locks.ts';

export interface LockOptions {
  /** Compares, and writes nothing. */
  readonly check?: boolean;
  /** Forgets the ids of what is gone. */
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** What became of one lock. */
interface Outcome {
  /** Relative to the folder of the command. */
  readonly file: string;
  readonly state: 'up to date' | 'written' | 'out of date' | 'missing' | 'damaged';
  readonly changes: readonly LockChange[];
  /** Where it is damaged: the place and what is wrong. */
  readonly problem?: string;
}

/**
 * Writes the locks of the packages of a project, or checks that they are up to date.
 *
 * @returns the exit code: 1 if a lock is damaged, if a file has errors, and with `check` if a lock is not up to date
 * @throws NoProjectError if the folder holds no `package.json`
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function lock(folder: string, { check = false, prune = false, json = false }: LockOptions): number {
  if (!existsSync(join(folder, 'package.json')))
    throw new NoProjectError(
      `There is no package.json in ${folder}. Run the command in the folder of a project.`,
    );
  const found = projectLocks(folder, !check);
  const nameOf = (one: string): string => relative(folder, join(one, LOCK_FILE)).replaceAll('\\', '/');
  const damaged = found.problems.map(
    ({ folder: of, line, what }): Outcome => ({
      file: nameOf(of),
      state: 'damaged',
      changes: [],
      problem: `${nameOf(of)}:${line}: ${what}`,
    }),
  );
  // Nothing is written beside a lock that can't be read.
  const isReading = check || damaged.length > 0;
  const others = found.locks.flatMap((one) => outcomeOf(one, nameOf(one.folder), isReading, prune));
  const outcomes = [...damaged, ...others];
  const isWell = outcomes.every(({ state }) => state === 'up to date' || state === 'written');
  if (json) console.log(JSON.stringify({ locks: outcomes, errors: found.errors }, null, 2));
  else print(outcomes, found, folder);
  return isWell && found.errors.length === 0 ? 0 : 1;
}

function outcomeOf(one: PackageLock, file: string, isReading: boolean, prune: boolean): readonly Outcome[] {
  const now = prune ? pruned(one.now) : one.now;
  if (one.before === undefined && now.size === 0) return [];
  const changes = lockChanges(one.before ?? new Map(), now);
  if (isSameText(realDisk.readFile(join(one.folder, LOCK_FILE)), lockText(now)))
    return [{ file, state: 'up to date', changes: [] }];
  if (isReading) return [{ file, state: one.before === undefined ? 'missing' : 'out of date', changes }];
  writeLock(one.folder, now);
  return [{ file, state: 'written', changes }];
}

const MARKS = { new: '+', gone: '-', changed: '~', renamed: '=', moved: '=' } as const;

function print(outcomes: readonly Outcome[], { locks, errors }: ProjectLocks, folder: string): void {
  const merged = locks.filter(({ isMerged }) => isMerged).length > 0;
  for (const { file, state, changes, problem } of outcomes) {
    const isWell = state === 'up to date' || state === 'written';
    console.log(`${styled(isWell ? 'green' : 'red', state)}  ${file}`);
    if (problem !== undefined) console.log(`  ${problem}`);
    for (const { fn, kind, what } of changes) console.log(`  ${MARKS[kind]} ${fn}: ${what}`);
  }
  for (const error of errors) {
    const source = realDisk.readFile(join(folder, error.fileName)) ?? '';
    console.log(`\n${formatDiagnostic(error, source)}`);
  }
  console.log(wrap(summary(outcomes, errors.length, merged), 0));
}

function summary(outcomes: readonly Outcome[], errors: number, isMerged: boolean): string {
  const left =
    errors > 0 ? ` ${plural(errors, 'error')}: what the lock has of these files stays as it is.` : '';
  if (outcomes.length === 0) return `There are no durable functions to lock.${left}`;
  if (outcomes.some(({ state }) => state === 'damaged'))
    return `Nothing is written.${left} After a merge, solve the conflicts of the source and run npx durable lock. Otherwise take the file of the last commit.`;
  if (outcomes.some(({ state }) => state === 'missing' || state === 'out of date'))
    return `Run npx durable lock and commit ${LOCK_FILE}.${left}`;
  if (isMerged)
    return `Both sides of the merge are in it now. Read the difference before you commit it.${left}`;
  return outcomes.some(({ state }) => state === 'written')
    ? `Commit ${LOCK_FILE}.${left}`
    : `Nothing to do.${left}`;
}
