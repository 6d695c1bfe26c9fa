import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DoctorOptions } from './doctor.ts';

/** Adds `durable doctor`, whose code is loaded when it is called: help is there at once. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Show which durable functions of a project are compiled, by what, and which are not.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx use-durable doctor\n  npx use-durable doctor packages/api --json',
    )
    .action(async (folder: string, options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      process.exitCode = doctor(resolve(folder), options);
    });
}
