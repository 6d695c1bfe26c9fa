/** The commands and their arguments, without the process: that is `main.ts`. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { TypeScriptMissingError } from '../transformer/base/typescript.ts';
import { InputError } from './base/json-input.ts';
import { ModuleError } from './base/load-module.ts';
import { StoppedError, styled, widthOf, wrap } from './base/terminal.ts';
import { addBuildCommand } from './build/command.ts';
import { NoComparisonError } from './changes/no-comparison.ts';
import { addCheckCommand } from './check/command.ts';
import { addCompletion } from './completion/command.ts';
import { addDevCommand } from './dev/command.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { addExecuteCommands } from './execute/command.ts';
import { addExplainCommands } from './explain/command.ts';
import { addExportCommand } from './export/command.ts';
import { addFreezeCommand } from './freeze/command.ts';
import { addGraphCommand } from './graph/command.ts';
import { NothingToDrawError } from './graph/nothing-to-draw.ts';
import { addInitCommand } from './init/command.ts';
import { addLockCommand } from './lock/command.ts';
import { addListCommand } from './ls/command.ts';
import { InstallError, NoProjectError } from './project/project.ts';
import { NoRunError } from './runs/no-run.ts';
import { NoStoreError } from './runs/no-store.ts';
import { addShowCommand } from './show/command.ts';
import { addSteerCommands } from './steer/commands.ts';
import { addWebCommand } from './web/command.ts';
import { addWhyCommand } from './why/command.ts';

/** Exit codes: 0 all is well, 1 something was found, 2 wrong usage, or what is needed isn't there. */
const UNUSABLE = 2;

const UNUSABLES = [
  InputError,
  ModuleError,
  NoStoreError,
  NoRunError,
  NoProjectError,
  InstallError,
  TypeScriptMissingError,
  NoComparisonError,
  NothingToDrawError,
] as const;

const output: OutputConfiguration = {
  getOutHelpWidth: () => widthOf(),
  getErrHelpWidth: () => widthOf(process.stderr.columns),
};

/** @param name of the command that is carried out */
async function program(name: string | undefined): Promise<Command> {
  const made = new Command('durable')
    .description('Tools for durable functions: build and check them, and steer their runs.')
    .version(versionOf(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput(output)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', `\n${wrap('Exit codes: 0 all is well, 1 something was found, 2 wrong usage.', 0)}`);
  addInitCommand(made);
  addDoctorCommand(made);
  addCheckCommand(made);
  addBuildCommand(made);
  addLockCommand(made);
  addFreezeCommand(made);
  addGraphCommand(made);
  addExplainCommands(made);
  addListCommand(made);
  addShowCommand(made);
  addWhyCommand(made);
  addExportCommand(made);
  addSteerCommands(made);
  addWebCommand(made);
  addExecuteCommands(made);
  addDevCommand(made);
  await addCompletion(made, name);
  return made;
}

function versionOf(): string {
  // Of the package: the same place from the sources and from what is built.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // The other one.
    }
  }
  return 'unknown';
}

/** A store that can't be read, or a value that it doesn't take: told apart by its code, so that help loads no runtime. */
const isOfStore = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return error instanceof Error && (code === 'STORE' || code === 'MISUSE');
};

/**
 * Carries out a command. What it finds it prints, and says by `process.exitCode`.
 *
 * @param args behind the name of the program
 */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    const made = await program(args[0]);
    await made.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
    else if (error instanceof StoppedError) {
      console.error(`\n${error.message}`);
      process.exitCode = UNUSABLE;
    } else if (UNUSABLES.some((kind) => error instanceof kind) || isOfStore(error)) {
      console.error(`${styled('red', 'error')}: ${(error as Error).message}`);
      process.exitCode = UNUSABLE;
    } else throw error;
  }
}
