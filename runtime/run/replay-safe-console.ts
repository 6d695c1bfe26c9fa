import { textOf } from '../base/error-text.ts';
import { outputFailed } from '../base/messages/warnings.ts';
import { isNews, state } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';
import type { StepContext } from './context.ts';
import type { Run } from './run.ts';

type Output = Record<string, unknown>;

const { gates } = state;

/** Registers a function that prints lines of the body once, and returns it. */
export function replaySafe<F extends (...args: never[]) => unknown>(print: F): F {
  gates.add(print);
  return print;
}

/** Whether a function prints lines of the body once: it is workflow code, for all callers. */
export const isReplaySafe = (fn: object): boolean => gates.has(fn);

/**
 * The `console` of a run's body: each call prints once in the life of the run. Each call counts as one line, also of `group`,
 * `time` and `assert`, so the count is the same on each replay. Methods are looked up at each call, so a console that a test or
 * a logger has replaced is used.
 */
export function replaySafeConsole(run: Run): Console {
  const gated = Object.create(console) as Output;
  for (const name of methodNames()) {
    gated[name] = replaySafe((...args: unknown[]): void => {
      if (!admitsLine(run, name, args)) return;
      printQuietly(() => {
        const method = (console as unknown as Output)[name];
        if (typeof method === 'function') Reflect.apply(method, console, args);
      });
    });
  }
  return gated as unknown as Console;
}

/** Counts a line of the body; whether it is to be printed now. */
export function admitsLine({ backend, hooks }: Run, method: string, args: readonly unknown[]): boolean {
  const isWanted = hooks?.prints?.(backend.runId, method, args) ?? true;
  return backend.admitOutput() && isWanted;
}

/** Prints a line of the body. What that throws is no error of the run, whose replay prints nothing. */
export function printQuietly(print: () => void): void {
  try {
    print();
  } catch (error) {
    if (!isNews('USE_DURABLE_OUTPUT')) return;
    emitWarning('USE_DURABLE_OUTPUT', outputFailed(textOf(error, true)));
  }
}

/** Counts the lines that were written in a call that was part of the body after all. */
export function countLines({ run, lines }: StepContext): void {
  for (const { method, args } of lines ?? []) admitsLine(run, method, args);
}

const methodNames = (): string[] =>
  Object.entries(console)
    // The class `Console` makes other consoles and prints nothing.
    .filter(([name, value]) => typeof value === 'function' && name !== 'Console')
    .map(([name]) => name);
