import type { Command } from 'commander';
import type { Duration, Runtime } from '../../runtime/tools.ts';
import { InputError, jsonInput } from '../base/json-input.ts';
import { personAt } from '../base/person.ts';
import type { StoreOptions } from '../runs/open-store.ts';
import { addQuery } from '../runs/query.ts';
import { onStore } from '../runs/store-option.ts';
import type { BackupOptions } from './backup.ts';
import type { PruneOptions } from './prune.ts';
import { type Deed, isQuery } from './select.ts';
import type { SettleOptions } from './settle.ts';
import type { SteerOptions } from './steer.ts';

interface ResumeOptions extends SteerOptions {
  readonly accept?: string;
  readonly forget?: boolean;
}

interface ForkOptions extends ResumeOptions {
  readonly from?: string;
  readonly id?: string;
}

/** Is recorded with what is done. */
const person = (): string => personAt('durable');

const FORGET = 'although the run did things after its failure';

/** Adds the commands that do something to runs while workers go on. */
export function addSteerCommands(program: Command): void {
  addVersions(program);
  addMessages(program);
  addEnds(program);
  addNewRuns(program);
  addUpkeep(program);
}

function addVersions(program: Command): void {
  onStore(program.command('versions'))
    .description('Show which versions of the code unfinished runs execute.')
    .argument('[function]', 'the id of a durable function, or its name')
    .addHelpText('after', examples('versions', 'versions --store runs.db --json'))
    .action(async (fn: string | undefined, options: StoreOptions) => {
      const { versions } = await import('./versions.ts');
      process.exitCode = await versions(fn, options);
    });
}

function addMessages(program: Command): void {
  onRuns(program.command('signal'))
    .description('Send a signal to a run, for waitFor and signals.')
    .argument('<run>', 'the id of the run or its beginning; - for all that the options say')
    .argument('<name>', 'the name of the signal')
    .argument('[payload]', 'JSON, @file, or - for standard input')
    .addHelpText(
      'after',
      examples('signal order-7 approved \'{"by": "Grace"}\'', 'signal - reload --fn watch --yes'),
    )
    .action(async (id: string, name: string, payload: string | undefined, options: SteerOptions) => {
      const value = payload === undefined ? undefined : jsonInput('the payload', payload);
      await steerWith(
        id,
        { verb: 'Send the signal to', statuses: ['running', 'blocked'] },
        options,
        async (runtime, run) => {
          await (await runtime.get(run))?.signal(name, value, { by: person() });
          return run;
        },
      );
    });
  onStore(program.command('settle'))
    .description('Complete a callback, or let it fail.')
    .argument('[token]', 'the token of the callback; not with --run')
    .argument('[value]', 'JSON, @file, or - for standard input')
    .option('--error <message>', 'let it fail with an error')
    .option('--run <run>', 'the callback for which this run waits')
    .option('--key <key>', 'with --run: the key of the callback, if it waits for several')
    .addHelpText(
      'after',
      examples('settle --run order-7 \'{"approved": true}\'', "settle --run order-7 --error 'out of stock'"),
    )
    .action(async (token: string | undefined, value: string | undefined, options: SettleOptions) => {
      const { settle } = await import('./settle.ts');
      const words = [token, value].filter((word) => word !== undefined);
      process.exitCode = await settle(words, options);
    });
}

function addEnds(program: Command): void {
  onRuns(program.command('cancel'))
    .description('Ask runs to end: what they wait for fails, and they clean up.')
    .argument('[run]', 'the id of the run or its beginning')
    .option('--reason <text>', 'why, for the message of the error')
    .addHelpText('after', examples('cancel order-7', "cancel --fn order --until '30 days' --yes"))
    .action((id: string | undefined, options: SteerOptions & { readonly reason?: string }) =>
      steerWith(id, { verb: 'Cancel', statuses: ['running', 'blocked'] }, options, async (runtime, run) => {
        await (await runtime.get(run))?.cancel(options.reason, { by: person() });
        return run;
      }),
    );
  onRuns(program.command('resume'))
    .description('Resume blocked, failed or cancelled runs.')
    .argument('[run]', 'the id of the run or its beginning')
    .option(
      '--accept <version>',
      'accept the order of the code with this version, which the reason of the block names',
    )
    .option('--forget', FORGET)
    .addHelpText('after', examples('resume order-7', 'resume --status failed --fn order --since 2h'))
    .action((id: string | undefined, options: ResumeOptions) => {
      const { accept, forget } = options;
      const given = { by: person(), ...(accept !== undefined && { accept }), ...(forget && { forget }) };
      return steerWith(
        id,
        { verb: 'Resume', statuses: ['blocked', 'failed', 'cancelled'] },
        options,
        async (runtime, run) => (await runtime.resume(run, given)).id,
      );
    });
}

function addNewRuns(program: Command): void {
  onRuns(program.command('rerun'))
    .description('Start runs with the input of others.')
    .argument('[run]', 'the id of the other run or its beginning')
    .option('--id <id>', 'the id of the new run, if one run is named')
    .option('--from <key>', 'keep what is recorded before this key; for a run that has ended')
    .option('--forget', `${FORGET} behind the key`)
    .addHelpText(
      'after',
      examples('rerun order-7', 'rerun order-7 --from mail', 'rerun --status failed --fn order'),
    )
    .action((id: string | undefined, options: ForkOptions) => {
      if (options.id !== undefined && isQuery(options))
        throw new InputError('--id is for one run: name the other one.');
      return steerWith(
        id,
        { verb: 'Start again', statuses: ['completed', 'failed', 'cancelled'] },
        options,
        async (runtime, run) => (await runtime.rerun(run, forkOptions(options))).id,
      );
    });
  onStore(program.command('fork'))
    .description('Start a run that goes on from a step of another one.')
    .argument('<run>', 'the id of the other run or its beginning')
    .requiredOption('--from <key>', 'keep what is recorded before this key')
    .option('--id <id>', 'the id of the new run')
    .option('--forget', `${FORGET} behind the key`)
    .addHelpText('after', examples('fork order-7 --from mail --id order-7-mail'))
    .action((id: string, options: ForkOptions & { readonly from: string }) =>
      steerWith(id, { verb: 'Fork', statuses: [] }, options, async (runtime, run) => {
        return (await runtime.fork(run, { ...forkOptions(options), from: options.from })).id;
      }),
    );
}

const forkOptions = ({ id, from, forget }: ForkOptions): Parameters<Runtime['rerun']>[1] & object => ({
  by: person(),
  ...(id !== undefined && { id }),
  ...(from !== undefined && { from }),
  ...(forget && { forget }),
});

function addUpkeep(program: Command): void {
  onStore(program.command('prune'))
    .description('Remove runs that ended long ago.')
    .argument('<age>', "how long ago at least: '30 days'")
    .option('-y, --yes', 'without asking')
    .addHelpText('after', examples("prune '30 days'"))
    .action(async (age: Duration, options: PruneOptions) => {
      const { prune } = await import('./prune.ts');
      process.exitCode = await prune(age, options);
    });
  onStore(program.command('backup'))
    .description('Copy a store into a new file while workers go on.')
    .argument('<file>', 'the path of the copy')
    .addHelpText('after', examples('backup backups/runs-monday.db'))
    .action(async (file: string, options: BackupOptions) => {
      const { backup } = await import('./backup.ts');
      process.exitCode = await backup(file, options);
    });
}

const onRuns = (command: Command): Command =>
  addQuery(onStore(command))
    .option('--search <text>', 'with this in the id of the run or of its function')
    .option('-y, --yes', 'do it to all runs that the options say without asking');

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx durable ${line}`).join('\n')}`;

async function steerWith(
  id: string | undefined,
  deed: Deed,
  options: SteerOptions,
  act: (runtime: Runtime, id: string) => Promise<string>,
): Promise<void> {
  const { steer } = await import('./steer.ts');
  process.exitCode = await steer(id, deed, options, act);
}
