import type { Command } from 'commander';
import { loading } from '../execute/command.ts';
import type { DevOptions } from './dev.ts';

/** Adds `durable dev`. */
export function addDevCommand(program: Command): void {
  loading(program.command('dev'))
    .description('Run a worker that is started again when the code changes.')
    .argument('<file...>', 'the modules with the functions; TypeScript is compiled')
    .addHelpText('after', '\nExamples:\n  npx durable dev src/*.ts')
    .action(async (files: readonly string[], options: DevOptions) => {
      const { dev } = await import('./dev.ts');
      process.exitCode = await dev(files, options);
    });
}
