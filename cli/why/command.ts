import type { Command } from 'commander';
import type { StoreOptions } from '../runs/open-store.ts';
import { onStore } from '../runs/store-option.ts';

/** Adds `durable why`. */
export function addWhyCommand(program: Command): void {
  onStore(program.command('why'))
    .description('Say what a run waits for: at which line, since when, until when, and what ends it.')
    .argument('<run>', 'the id of the run, or the beginning of it')
    .addHelpText('after', '\nExamples:\n  npx durable why order-7\n  npx durable why order-7 --json')
    .action(async (run: string, options: StoreOptions) => {
      const { why } = await import('./why.ts');
      process.exitCode = await why(run, options);
    });
}
