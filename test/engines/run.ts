/**
 * `npm run test:engines`: installs what only these tests need, unless it is there already, checks the types of what needs
 * it, and runs the contract on every engine. Arguments are handed to vitest.
 */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const stamp = join(here, 'node_modules/.installed');
const lock = hash('sha256', readFileSync(join(here, 'package-lock.json')), 'hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  // None of the packages needs its scripts; one of them would only report the install to somebody.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here);
  writeFileSync(stamp, lock);
}
run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', here], root);
run(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    join(here, 'vitest.config.ts'),
    ...process.argv.slice(2),
  ],
  root,
);

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`test:engines: \`${command} ${args.join(' ')}\` in ${cwd} ended with ${error ?? status}.`);
  process.exit(1);
}
