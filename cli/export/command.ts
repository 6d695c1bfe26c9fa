import type { Command } from 'commander';
import { withStoreOption } from '../runs/store-option.ts';
import type { ExportOptions } from './export.ts';

/** Adds `durable export`. */
export function addExportCommand(program: Command): void {
  withStoreOption(program.command('export'))
    .description(
      'Write a run as JSON, without its values, to attach it to a report. show, why and graph read it.',
    )
    .argument('<run>', 'the id of the run, or the beginning of it')
    .option('-o, --output <file>', 'write to a file, which no other user can read')
    .option('--values', 'with its input, results, errors, payloads and attributes')
    .addHelpText(
      'after',
      '\nExamples:\n  npx durable export order-7 -o order-7.json\n  npx durable show order-7 --store order-7.json',
    )
    .action(async (run: string, options: ExportOptions) => {
      const { exportToFile } = await import('./export.ts');
      process.exitCode = await exportToFile(run, options);
    });
}
