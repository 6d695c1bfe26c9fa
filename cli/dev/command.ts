import type { Command } from 'commander';
import { addTo } from '../base/options.ts';
import type { DevOptions } from './dev.ts';

/** Adds `durable dev`. */
export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .description('Run a worker that is started again when the code changes.')
    .argument('<file...>', 'the modules with the functions; TypeScript is compiled')
    .option('--store <file>', 'the file with the runs; default: DURABLE_STORE, or .durable/runs.db')
    .option(
      '--import <module>',
      'a module to load first, such as use-durable/tsx; again for the next one',
      addTo,
    )
    .addHelpText('after', '\nExamples:\n  npx durable dev src/*.ts')
    .action(async (files: readonly string[], options: DevOptions) => {
      const { dev } = await import('./dev.ts');
      process.exitCode = await dev(files, options);
    });
}
