/**
 * Drives calls of a program side by side in one process, and prints what became of them and of the process. Arguments:
 * file of the program, calls in JSON: `[[fn, ...args], ...]`, `listen` for a listener of the process's own.
 */
import { pathToFileURL } from 'node:url';
import { createRuntime, memoryStore } from '../../../runtime/index.ts';

const [file = '', calls = '[]', ...flags] = process.argv.slice(2);
const program: Record<string, (...args: unknown[]) => unknown> = await import(pathToFileURL(file).href);
const heard: string[] = [];
if (flags.includes('listen')) process.on('unhandledRejection', (reason) => void heard.push(String(reason)));
const warnings: string[] = [];
process.on('warning', ({ message }) => void warnings.push(message));
const runtime = createRuntime({ store: memoryStore() });
const handles = await Promise.all(
  (JSON.parse(calls) as [string, ...unknown[]][]).map(([fn, ...args]) =>
    runtime.start(program[fn]!, args, { id: [fn, ...args].join(' ') }),
  ),
);
const outcomes = await Promise.allSettled(handles.map((handle) => handle.result()));
await runtime.close();
// What is to be told of the ends is told in the turn after them.
await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
if (flags.includes('reject')) void Promise.reject(new Error('of the process'));
await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const results = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
console.log(JSON.stringify({ results, warnings, heard }));
