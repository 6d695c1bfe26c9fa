import type { Command } from 'commander';

/** Adds the option that names the store. */
export const withStoreOption = (command: Command): Command =>
  command.option('--store <file>', 'the file of the store; default: DURABLE_STORE, or .durable/runs.db');

/** Adds the options that all commands over a store have. */
export const onStore = (command: Command): Command => withStoreOption(command).option('--json', 'print JSON');
