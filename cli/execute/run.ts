import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import {
  type AnyFunction,
  DurableError,
  type Duration,
  definitionOf,
  describeThrown,
  type Handle,
  plainJson,
  RuntimeClosedError,
} from '../../runtime/tools.ts';
import { InputError, jsonInput } from '../base/json-input.ts';
import { showRun } from './progress.ts';
import { type ExecuteOptions, openSession } from './session.ts';
import { onStopRequest } from './stop-request.ts';

export interface RunOptions extends ExecuteOptions {
  /** The arguments of the function: each as JSON, `@file` or `-`. */
  readonly input?: readonly string[];
  readonly id?: string;
  readonly timeout?: Duration;
}

/** The shell's code for a program that Ctrl+C ended. */
const INTERRUPTED = 130;

/**
 * Starts a run of a durable function, or goes on with the one that has this id, and drives it to its end.
 *
 * @returns the exit code: 0 if it completed, 1 if it failed, was cancelled or is blocked, 130 if it was interrupted
 */
export async function run(file: string, name: string | undefined, options: RunOptions): Promise<number> {
  const args = (options.input ?? []).map((text) => jsonInput('--input', text));
  const id = options.id ?? randomUUID();
  if (options.json) printElsewhere();
  const session = await openSession([file], options);
  const { runtime, modules } = session;
  const fn = functionIn(modules[0]!, name, file);
  const end = options.json ? () => undefined : showRun(runtime, id);
  const leave = onStopRequest(() => runtime.close());
  try {
    const { timeout } = options;
    const handle = await runtime.start(fn, args, { id, ...(timeout !== undefined && { timeout }) });
    return await outcomeOf(handle, options);
  } finally {
    leave();
    await runtime.close({ store: true });
    end();
  }
}

/** Prints how the run ends, and gives the exit code. */
async function outcomeOf(handle: Handle, { json = false }: RunOptions): Promise<number> {
  const { id } = handle;
  try {
    const result = await handle.result();
    if (json) printJson({ id, status: 'completed', result: plainJson(result) });
    else if (result !== undefined) console.log(inspect(result, { depth: 8, colors: process.stdout.isTTY }));
    return 0;
  } catch (error) {
    const status = await handle.status();
    const isStopped = error instanceof RuntimeClosedError && status === 'running';
    if (json) printJson({ id, status, ...(!isStopped && { error: describeThrown(error) }) });
    else console.error(isStopped ? stoppedText(id) : thrownText(error));
    return isStopped ? INTERRUPTED : 1;
  }
}

const printJson = (value: object): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Standard output is for JSON, whatever the code of the project prints. */
function printElsewhere(): void {
  for (const method of ['log', 'info', 'debug'] as const) console[method] = console.error;
}

const stoppedText = (id: string): string =>
  `Stopped. The run is kept. It goes on with a worker, or with this command and --id ${id}`;

/** Errors of this package say all in their message; of all others the stack shows where they come from. */
const thrownText = (error: unknown): string =>
  error instanceof DurableError ? error.message : inspect(error, { depth: 4, colors: process.stderr.isTTY });

/**
 * A durable function among the exports of a module.
 *
 * @throws InputError that names those there are
 */
export function functionIn(
  module: Readonly<Record<string, unknown>>,
  name: string | undefined,
  file: string,
): AnyFunction {
  const found = new Map<string, AnyFunction>();
  for (const [exported, value] of Object.entries(exportsOf(module)))
    if (definitionOf(value) !== undefined) found.set(exported, value as AnyFunction);
  const names = [...found.keys()];
  const only = names.length === 1 && name === undefined ? names[0] : name;
  const fn = only === undefined ? undefined : found.get(only);
  if (fn !== undefined) return fn;
  if (names.length === 0)
    throw new InputError(
      `${file} exports no durable function. Its first statement has to be 'use durable', and the file has to be compiled ` +
        '(npx durable doctor).',
    );
  const list = names.join(', ');
  throw new InputError(
    name === undefined
      ? `${file} exports several durable functions. Name one of them: ${list}.`
      : `${file} exports no durable function ${name}. It exports: ${list}.`,
  );
}

/** A module of CommonJS may export an object, whose members Node doesn't always know. */
function exportsOf(module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { default: main } = module;
  return typeof main === 'object' && main !== null ? { ...main, ...module } : module;
}
