import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InitOptions } from './init.ts';

/** Adds `durable init`, whose code is loaded when it is called: help is there at once. */
export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('Add what compiles durable functions to the build tools of a project.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-y, --yes', 'write all changes and install packages without asking')
    .option('--dry-run', 'show the changes, write nothing')
    .option('--no-install', 'install no packages')
    .option('--json', 'print JSON, and ask nothing')
    .addHelpText('after', '\nExamples:\n  npx use-durable init\n  npx use-durable init --dry-run')
    .action(async (folder: string, options: InitOptions) => {
      const { init } = await import('./init.ts');
      process.exitCode = await init(resolve(folder), options);
    });
}
