import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { CheckOptions } from './check.ts';

/** Adds `durable check`, whose code is loaded when it is called: help is there at once. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('Report the diagnostics of a project, with those that need types. Writes nothing.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-w, --watch', 'again after each change')
    .addOption(
      new Option(
        '--against [revision]',
        'also say what edits since a revision of Git do to runs (default: HEAD)',
      ).conflicts('watch'),
    )
    .addOption(
      new Option('--store <file>', 'also say which unfinished runs of a store go on').conflicts('watch'),
    )
    .option(
      '--load <module...>',
      'with --store: a build, against which runs are replayed; its modules are executed',
    )
    .option('--json', 'print JSON; with --watch, one line for each check')
    .option('--markdown', 'print Markdown for a pull request')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable check\n  npx durable check packages/api --watch\n  npx durable check --against origin/main',
    )
    .action(async (folder: string, options: CheckOptions) => {
      const { check } = await import('./check.ts');
      process.exitCode = await check(resolve(folder), options);
      // What was loaded may go on for ever.
      if (options.load) process.stdout.write('', () => process.exit());
    });
}
