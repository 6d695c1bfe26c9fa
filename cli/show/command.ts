import type { Command } from 'commander';
import { onStore } from '../runs/store-option.ts';
import type { ShowOptions } from './show.ts';

/** Adds `durable show`. */
export function addShowCommand(program: Command): void {
  onStore(program.command('show'))
    .description('Show a run: what it did and when, what failed, what it returned.')
    .argument('<run>', 'the id of the run, or the beginning of it')
    .option('--full', 'whole values and errors, each key, and repeated steps one by one')
    .option('-w, --watch', 'show it again after each change, until the run ends')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable show order-7\n  npx durable show order-7 --watch\n  npx durable show order-7 --full --json',
    )
    .action(async (run: string, options: ShowOptions) => {
      const { show } = await import('./show.ts');
      process.exitCode = await show(run, options);
    });
}
