import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FULL } from '../../support/tier.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'use-durable-lockfiles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the repository itself: neither installed packages nor what other tests have made. */
const isOurs = (path: string): boolean => !/(^|[\\/])(node_modules|dist|\.tmp)([\\/]|$)/.test(path);

const lockfiles = globSync('**/package-lock.json', { cwd: root, exclude: (path) => !isOurs(path) }).sort();

interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

/** A folder with nothing but a lockfile and the package.json files that it is about. */
function copyOf(lockfile: string): string {
  const from = join(root, dirname(lockfile));
  const to = join(folder, lockfile.replaceAll(/[\\/]/g, '_'));
  const { packages } = JSON.parse(readFileSync(join(root, lockfile), 'utf8')) as Lock;
  const own = Object.keys(packages).filter((path) => !path.includes('node_modules'));
  for (const path of own) {
    const manifest = join(from, path, 'package.json');
    expect(existsSync(manifest), `${lockfile} has ${path}, which isn't there`).toBe(true);
    mkdirSync(join(to, path), { recursive: true });
    cpSync(manifest, join(to, path, 'package.json'));
  }
  cpSync(join(root, lockfile), join(to, 'package-lock.json'));
  // How it is to be installed.
  if (existsSync(join(from, '.npmrc'))) cpSync(join(from, '.npmrc'), join(to, '.npmrc'));
  return to;
}

function install(cwd: string): { readonly status: number | null; readonly output: string } {
  const flags = [
    '--dry-run',
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--cache',
    join(folder, 'cache'),
  ];
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync('npm', ['ci', ...flags], { cwd, encoding: 'utf8', shell });
  return { status, output: stdout + stderr };
}

it('finds the lockfiles of the repository', () => {
  expect(lockfiles).toContain('package-lock.json');
  expect(lockfiles).toContain('bench/peers/package-lock.json');
  expect(lockfiles).toContain('test/engines/package-lock.json');
});

describe.each(lockfiles)('%s', (lockfile) => {
  it.skipIf(!FULL && lockfile !== 'package-lock.json')(
    'is what `npm ci` takes for its package.json, without asking anybody',
    { timeout: 120_000 },
    () => {
      const { status, output } = install(copyOf(lockfile));
      expect(status, output).toBe(0);
    },
  );

  it('names no address from which a package came', () => {
    const { packages } = JSON.parse(readFileSync(join(root, lockfile), 'utf8')) as Lock;
    const addresses = Object.entries(packages).filter(([, { resolved = '' }]) => /^[a-z+]+:/i.test(resolved));
    expect(addresses).toEqual([]);
  });
});

it('a lockfile that lacks a package is refused', { timeout: 120_000 }, () => {
  const copy = copyOf('test/engines/package-lock.json');
  const manifest = join(copy, 'package.json');
  const { devDependencies, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  rmSync(manifest);
  const changed = { ...rest, devDependencies: { ...devDependencies, croner: '^11.0.1' } };
  writeFileSync(manifest, JSON.stringify(changed));
  const { status, output } = install(copy);
  expect(status).not.toBe(0);
  // It would have to ask for it, or says that it isn't there.
  expect(output).toMatch(/ENOTCACHED|in sync/);
});
