import type { Command } from 'commander';
import type { StoreOptions } from './open-store.ts';
import { onStore } from './store-option.ts';

interface SteerOptions extends StoreOptions {
  readonly accept?: string;
  readonly from?: string;
  readonly id?: string;
  readonly forget?: boolean;
}

/** The options of a runtime: without those of the command. */
function given({ store: _, json: __, ...options }: SteerOptions): Omit<SteerOptions, keyof StoreOptions> {
  return options;
}

/** Adds the commands over a store. */
export function addRunCommands(program: Command): void {
  onStore(program.command('versions'))
    .description('Show which versions of the code unfinished runs execute.')
    .argument('[function]', 'the id of a durable function, or its name')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable versions\n  npx durable versions --store runs.db --json',
    )
    .action(async (fn: string | undefined, options: StoreOptions) => {
      const { versions } = await import('./versions.ts');
      process.exitCode = await versions(fn, options);
    });
  onStore(program.command('resume'))
    .description('Resume a blocked, failed or cancelled run.')
    .argument('<run>', 'the id of the run')
    .option(
      '--accept <version>',
      'accept the order of the code with this version, which the reason of the block names',
    )
    .option('--forget', 'although the run did things after its failure')
    .action((id: string, options: SteerOptions) =>
      steerWith(options, (runtime) => runtime.resume(id, given(options))),
    );
  onStore(program.command('rerun'))
    .description('Start a run with the input of another one.')
    .argument('<run>', 'the id of the other run')
    .option('--id <id>', 'the id of the new run')
    .option('--from <key>', 'keep what is recorded before this key; for a run that has ended')
    .option('--forget', 'although the run did things after a failure behind the key')
    .action((id: string, options: SteerOptions) =>
      steerWith(options, (runtime) => runtime.rerun(id, given(options))),
    );
  onStore(program.command('fork'))
    .description('Start a run that goes on from a step of another one.')
    .argument('<run>', 'the id of the other run')
    .requiredOption('--from <key>', 'keep what is recorded before this key')
    .option('--id <id>', 'the id of the new run')
    .option('--forget', 'although the run did things after a failure behind the key')
    .action((id: string, options: SteerOptions & { readonly from: string }) =>
      steerWith(options, (runtime) => runtime.fork(id, { from: options.from, ...given(options) })),
    );
}

async function steerWith(
  options: StoreOptions,
  act: Parameters<typeof import('./steer.ts').steer>[1],
): Promise<void> {
  const { steer } = await import('./steer.ts');
  process.exitCode = await steer(options, act);
}
