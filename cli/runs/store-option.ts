import type { Command } from 'commander';

/** Adds the options that all commands over a store have. */
export const onStore = (command: Command): Command =>
  command
    .option('--store <file>', 'the file of the store; default: DURABLE_STORE, or .durable/runs.db')
    .option('--json', 'print JSON');
