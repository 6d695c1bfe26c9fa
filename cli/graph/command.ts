import type { Command } from 'commander';
import type { GraphOptions } from './graph.ts';

/** Adds `durable graph`, whose code is loaded when it is called: help is there at once. */
export function addGraphCommand(program: Command): void {
  program
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
    .option(
      '--store <file>',
      'with --run: the file of the store, or an exported run; default: DURABLE_STORE, or .durable/runs.db',
    )
    .option('--diff <revision>', 'mark what was changed since a revision of Git')
    .option('--json', 'print the flow itself as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable graph src/order.ts\n  npx durable graph src/order.ts placeOrder -o order.svg\n  npx durable graph --store runs.db --run order-7',
    )
    .action(async (file: string | undefined, name: string | undefined, options: GraphOptions) => {
      const { graph } = await import('./graph.ts');
      process.exitCode = await graph(file, name, options);
    });
}
