import type { Command } from 'commander';
import { withStoreOption } from '../runs/store-option.ts';
import type { WebOptions } from './options.ts';

/** Adds the command that serves the page over a store. */
export function addWebCommand(program: Command): void {
  withStoreOption(program.command('web'))
    .description('Open a page on which runs are seen and steered.')
    .argument('[run]', 'the id of a run, or its beginning: the page shows it at first')
    .option('--port <number>', 'the port on 127.0.0.1; default: one that is free')
    .option('--read-only', 'only look: nothing can be steered')
    .option('--no-open', 'print the address, and open no browser')
    .addHelpText(
      'after',
      '\nThe address has a token in it: whoever has it sees all inputs and results. Ctrl+C ends the page.' +
        '\n\nExamples:\n  npx durable web\n  npx durable web order-7 --store runs.db --port 4000 --read-only',
    )
    .action(async (run: string | undefined, options: WebOptions) => {
      const { web } = await import('./web.ts');
      process.exitCode = await web(run, options);
    });
}
