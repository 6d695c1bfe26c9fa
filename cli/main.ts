#!/usr/bin/env node
/** The command `durable`, also `use-durable`. */
import './base/require-node.ts';
import { runCommand } from './commands.ts';

// What reads the output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

await runCommand(process.argv.slice(2));
