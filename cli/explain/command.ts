import type { Command } from 'commander';

/** Adds `durable steps` and `durable explain`. */
export function addExplainCommands(program: Command): void {
  program
    .command('steps')
    .description('List the steps and waits of durable functions: their ids, what they call, and where.')
    .argument('<file>', 'a source file')
    .argument('[function]', 'the name of one function of it; default: all')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable steps src/order.ts\n  npx durable steps src/order.ts placeOrder --json',
    )
    .action(async (file: string, name: string | undefined, options: { readonly json?: boolean }) => {
      const { steps } = await import('./steps.ts');
      process.exitCode = steps(file, name, options);
    });
  program
    .command('explain')
    .description(
      'Explain a code of the compiler, an error, a warning, a key of a step, or what a file is compiled to.',
    )
    .argument(
      '<what>',
      'a code such as UD3001 or NON_DETERMINISM, a source file, or a key such as lines.map[2]/stock',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  npx durable explain UD3001\n  npx durable explain USE_DURABLE_BLOCKED\n  npx durable explain 'lines.map[2]/stock'\n  npx durable explain src/order.ts",
    )
    .action(async (what: string, options: { readonly json?: boolean }) => {
      const { explain } = await import('./explain.ts');
      process.exitCode = explain(what, options);
    });
}
