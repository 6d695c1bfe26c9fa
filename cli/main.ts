#!/usr/bin/env node
/** The command `durable`, also `use-durable`. */
import './base/require-node.ts';
import { runCommand } from './commands.ts';

await runCommand(process.argv.slice(2));
