import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BuildOptions } from './build.ts';

/** Adds `durable build`, whose code is loaded when it is called: help is there at once. */
export function addBuildCommand(program: Command): void {
  program
    .command('build')
    .description('Compile a project to JavaScript, as tspc does, also beside TypeScript 7.')
    .argument('[folder]', 'the folder with the package.json', '.')
    .option('-p, --project <file>', 'the tsconfig.json, or its folder')
    .option('-w, --watch', 'again after each change')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable build\n  npx durable build -p tsconfig.build.json --watch',
    )
    .action(async (folder: string, options: BuildOptions) => {
      const { build } = await import('./build.ts');
      process.exitCode = await build(resolve(folder), options);
    });
}
