/**
 * `npm run bench:peers`: installs the other engines, unless they are there already, and compares them with ours. With
 * `--write` the table and the drawing go into `docs/`.
 */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const stamp = join(here, 'node_modules/.installed');
const lock = hash('sha256', readFileSync(join(here, 'package-lock.json')), 'hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  // None of the packages needs its scripts.
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  writeFileSync(stamp, lock);
}
run(process.execPath, join(here, 'index.ts'), ...process.argv.slice(2));

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
