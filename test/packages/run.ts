/**
 * `npm run test:packages`: installs what only these tests need, unless it is there already, generates what is generated,
 * checks the types, and runs the tests. Arguments are handed to vitest.
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
  // None of the packages needs its scripts.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here);
  writeFileSync(stamp, lock);
}
// The client has its engine in it. Only migrations need the other one, which would be downloaded unless there is one.
run(
  process.execPath,
  ['node_modules/prisma/build/index.js', 'generate', '--schema', 'prisma/schema.prisma'],
  here,
  {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
  },
);
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

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`test:packages: \`${command} ${args.join(' ')}\` in ${cwd} ended with ${error ?? status}.`);
  process.exit(1);
}
