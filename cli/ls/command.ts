import type { Command } from 'commander';
import { addQuery } from '../runs/query.ts';
import { onStore } from '../runs/store-option.ts';
import type { ListOptions } from './list.ts';

/** Adds `durable ls`. */
export function addListCommand(program: Command): void {
  addQuery(onStore(program.command('ls')))
    .description('List runs, the newest first.')
    .argument('[text]', 'a part of the id of a run or of its function')
    .option('--limit <number>', 'so many at most, up to 1000', '50')
    .option('--cursor <cursor>', 'the next page, as the page before names it')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable ls --status blocked,failed\n  npx durable ls order- --since 1d\n  npx durable ls --fn placeOrder --json',
    )
    .action(async (text: string | undefined, options: ListOptions) => {
      const { list } = await import('./list.ts');
      process.exitCode = await list(text, options);
    });
}
