import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { FreezeOptions } from './freeze.ts';

/** Adds `durable freeze`, whose code is loaded when it is called: help is there at once. */
export function addFreezeCommand(program: Command): void {
  program
    .command('freeze')
    .description('Write the old code of a durable function beside the new one, for its runs.')
    .argument('<function>', 'its name or its id')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option(
      '--from <revision>',
      'the revision of Git that has the old code; default: the last one with other code',
    )
    .option('-y, --yes', 'write without asking')
    .option('--json', 'print JSON, and ask nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable freeze checkout\n  npx durable freeze checkout --from v2.3.0 --yes',
    )
    .action(async (name: string, folder: string, options: FreezeOptions) => {
      const { freeze } = await import('./freeze.ts');
      process.exitCode = await freeze(name, resolve(folder), options);
    });
}
