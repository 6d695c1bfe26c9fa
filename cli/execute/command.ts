import type { Command } from 'commander';
import { InputError } from '../base/json-input.ts';
import { addTo } from '../base/options.ts';
import { withStoreOption } from '../runs/store-option.ts';
import type { RunOptions } from './run.ts';
import type { WorkerOptions } from './worker.ts';

/** Adds `durable run` and `durable worker`. */
export function addExecuteCommands(program: Command): void {
  executing(program.command('run'))
    .description('Run a durable function to its end, and print its result.')
    .argument('<file>', 'the module; TypeScript is compiled')
    .argument('[function]', 'the name under which it is exported, if there are several')
    .option(
      '-i, --input <json>',
      'an argument, as JSON, @file, or - for standard input; again for the next one',
      addTo,
    )
    .option('--id <id>', 'the id of the run; one that is there is resumed')
    .option('--timeout <duration>', "how long it may take: '2 hours'")
    .addHelpText(
      'after',
      `\nExamples:\n  npx durable run src/order.ts placeOrder --input '{"item": "desk"}' --id order-7\n  npx durable run src/import.ts --input @rows.json`,
    )
    .action(async (file: string, name: string | undefined, options: RunOptions) => {
      const { run } = await import('./run.ts');
      leave(await run(file, name, options));
    });
  executing(program.command('worker'))
    .description('Drive the runs of durable functions, those that are there and those to come.')
    .argument('<file...>', 'the modules with the functions; TypeScript is compiled')
    .option('--steps', 'show steps and waits too')
    .option(
      '--grace <ms>',
      'how long running steps may take when it is to end (default: 30000)',
      milliseconds,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable worker src/order.ts src/import.ts --store .durable/runs.db',
    )
    .action(async (files: readonly string[], options: WorkerOptions) => {
      const { worker } = await import('./worker.ts');
      leave(await worker(files, options));
    });
}

const executing = (command: Command): Command => loading(command).option('--json', 'print JSON');

/** Adds the options of all commands that load modules of the project. */
export const loading = (command: Command): Command =>
  withStoreOption(command).option(
    '--import <module>',
    'a module to load first, such as use-durable/tsx; again for the next one',
    addTo,
  );

function milliseconds(text: string): number {
  const ms = Number(text);
  if (!(ms >= 0) || text.trim() === '')
    throw new InputError(`--grace ${text}: a number of milliseconds is needed.`);
  return ms;
}

/** What modules of the project have opened may go on for ever. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
