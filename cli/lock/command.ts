import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LockOptions } from './lock.ts';

/** Adds `durable lock`, whose code is loaded when it is called: help is there at once. */
export function addLockCommand(program: Command): void {
  program
    .command('lock')
    .description('Write durable.lock.json, which keeps the ids of steps when the code is edited.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('--check', 'write nothing; exit code 1 if a lock is not up to date')
    .option('--prune', 'forget the ids of calls that are gone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  npx durable lock\n  npx durable lock --check')
    .action(async (folder: string, options: LockOptions) => {
      const { lock } = await import('./lock.ts');
      process.exitCode = lock(resolve(folder), options);
    });
}
