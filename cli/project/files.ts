/** The files of a project, without what is installed or built. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that tools write, wherever they are. */
const BUILT = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'out',
  'coverage',
  'tmp',
  '.git',
  '.next',
  '.nuxt',
  '.output',
  '.nitro',
  '.svelte-kit',
  '.astro',
  '.turbo',
  '.vercel',
  '.cache',
  '.tmp',
]);

/**
 * Relative paths with forward slashes, sorted. In a repository of Git they are those that Git doesn't ignore; folders that tools
 * write are left out in any case.
 */
export function filesOf(folder: string): readonly string[] {
  const files = tracked(folder) ?? walk(folder, '');
  return files
    .filter(
      (file) =>
        !file
          .split('/')
          .slice(0, -1)
          .some((part) => BUILT.has(part)),
    )
    .sort();
}

/** Undefined without Git, and in a folder that Git ignores as a whole. */
function tracked(folder: string): readonly string[] | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 28,
    });
  try {
    const listed = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
    const files = listed.filter((file) => file !== '' && existsSync(join(folder, file)));
    return files.length === 0 ? undefined : files;
  } catch {
    return undefined;
  }
}

function walk(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return BUILT.has(entry.name) ? [] : walk(folder, path);
  });
}

/** The folder and those below it, absolute, without those that tools write. */
export function foldersOf(folder: string): readonly string[] {
  const below = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !BUILT.has(entry.name),
  );
  return [folder, ...below.flatMap(({ name }) => foldersOf(join(folder, name)))];
}

/** The text of a file; undefined if it can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
