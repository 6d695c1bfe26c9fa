#!/usr/bin/env node
/** The command `durable`, also `use-durable`. */
import './base/require-node.ts';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, Option, type OutputConfiguration } from 'commander';
import { TypeScriptMissingError } from '../transformer/base/typescript.ts';
import { StoppedError, styled, widthOf } from './base/terminal.ts';
import type { BuildOptions } from './build/build.ts';
import { NoComparisonError } from './changes/no-comparison.ts';
import type { CheckOptions } from './check/check.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { FreezeOptions } from './freeze/freeze.ts';
import type { GraphOptions } from './graph/graph.ts';
import { NothingToDrawError } from './graph/nothing-to-draw.ts';
import type { InitOptions } from './init/init.ts';
import type { LockOptions } from './lock/lock.ts';
import { InstallError, NoProjectError } from './project/project.ts';
import { addRunCommands } from './runs/commands.ts';
import { NoStoreError } from './runs/no-store.ts';

/** Exit codes: 0 all is well, 1 something was found, 2 wrong usage, or what is needed isn't there. */
const UNUSABLE = 2;

const UNUSABLES = [
  NoStoreError,
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

function program(): Command {
  const made = new Command('durable')
    .description('Tools for durable functions: set up a build, and see what it compiles.')
    .version(versionOf(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput(output)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', '\nExit codes: 0 all is well, 1 something was found, 2 wrong usage.');
  made
    .command('init')
    .description('Add what compiles durable functions to the build tools of a project.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-y, --yes', 'write all changes and install packages without asking')
    .option('--dry-run', 'show the changes, write nothing')
    .option('--no-install', 'install no packages')
    .option('--json', 'print JSON, and ask nothing')
    .addHelpText('after', '\nExamples:\n  npx use-durable init\n  npx use-durable init --dry-run')
    .action(async (folder: string, options: InitOptions) => {
      // Loaded when it is needed: help is there at once.
      const { init } = await import('./init/init.ts');
      process.exitCode = await init(resolve(folder), options);
    });
  made
    .command('freeze')
    .description('Write the old code of a durable function beside the new one, for its runs.')
    .argument('<function>', 'its name or its id')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option(
      '--from <revision>',
      'the revision of Git that has the old code; default: the last one with other code',
    )
    .option('-y, --yes', 'write without asking')
    .option('--json', 'print JSON, and ask nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable freeze checkout\n  npx durable freeze checkout --from v2.3.0 --yes',
    )
    .action(async (name: string, folder: string, options: FreezeOptions) => {
      const { freeze } = await import('./freeze/freeze.ts');
      process.exitCode = await freeze(name, resolve(folder), options);
    });
  addRunCommands(made);
  made
    .command('doctor')
    .description('Show which durable functions of a project are compiled, by what, and which are not.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx use-durable doctor\n  npx use-durable doctor packages/api --json',
    )
    .action(async (folder: string, options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.ts');
      process.exitCode = doctor(resolve(folder), options);
    });
  made
    .command('check')
    .description('Report the diagnostics of a project, with those that need types. Writes nothing.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-w, --watch', 'again after each change')
    .addOption(
      new Option(
        '--against [revision]',
        'also say what edits since a revision of Git do to runs (default: HEAD)',
      ).conflicts('watch'),
    )
    .addOption(
      new Option('--store <file>', 'also say which unfinished runs of a store go on').conflicts('watch'),
    )
    .option(
      '--load <module...>',
      'with --store: a build, against which runs are replayed; its modules are executed',
    )
    .option('--json', 'print JSON; with --watch, one line for each check')
    .option('--markdown', 'print Markdown for a pull request')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable check\n  npx durable check packages/api --watch\n  npx durable check --against origin/main',
    )
    .action(async (folder: string, options: CheckOptions) => {
      const { check } = await import('./check/check.ts');
      process.exitCode = await check(resolve(folder), options);
      // What was loaded may go on for ever.
      if (options.load) process.stdout.write('', () => process.exit());
    });
  made
    .command('lock')
    .description('Write durable.lock.json, which keeps the ids of steps when the code is edited.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('--check', 'write nothing; exit code 1 if a lock is not up to date')
    .option('--prune', 'forget the ids of calls that are gone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  npx durable lock\n  npx durable lock --check')
    .action(async (folder: string, options: LockOptions) => {
      const { lock } = await import('./lock/lock.ts');
      process.exitCode = lock(resolve(folder), options);
    });
  made
    .command('graph')
    .description('Draw the flow of durable functions: what they do in which order, and what decides.')
    .argument('[file]', 'a source file')
    .argument('[function]', 'the name of one function of it; default: all')
    .option(
      '-f, --format <format>',
      'text, svg, mermaid or json; default: by the name of the output, else text',
    )
    .option('-o, --output <file>', 'write to a file')
    .option('--fold <levels>', 'show what is nested deeper as one box')
    .option('--theme <theme>', 'colours of an SVG: auto, light or dark', 'auto')
    .option('--all', 'show calls and waits as well that rarely record something')
    .option('--run <id>', 'lay a run over the drawing, with the version of the code that it has')
    .option('--store <file>', 'the store that has the run')
    .option('--diff <revision>', 'mark what was changed since a revision of Git')
    .option('--json', 'print the flow itself as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable graph src/order.ts\n  npx durable graph src/order.ts placeOrder -o order.svg\n  npx durable graph --store runs.db --run order-7',
    )
    .action(async (file: string | undefined, name: string | undefined, options: GraphOptions) => {
      const { graph } = await import('./graph/graph.ts');
      process.exitCode = await graph(file, name, options);
    });
  made
    .command('build')
    .description('Compile a project to JavaScript, as tspc does, also beside TypeScript 7.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-p, --project <file>', 'the tsconfig.json, or its folder')
    .addHelpText('after', '\nExamples:\n  npx durable build\n  npx durable build -p tsconfig.build.json')
    .action(async (folder: string, options: BuildOptions) => {
      const { build } = await import('./build/build.ts');
      process.exitCode = build(resolve(folder), options);
    });
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

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
  else if (error instanceof StoppedError) {
    console.error(`\n${error.message}`);
    process.exitCode = UNUSABLE;
  } else if (UNUSABLES.some((kind) => error instanceof kind)) {
    console.error(`${styled('red', 'error')}: ${(error as Error).message}`);
    process.exitCode = UNUSABLE;
  } else throw error;
}
