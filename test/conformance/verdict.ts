import type { Observed } from './execute.ts';
import type { Mode } from './variants.ts';

/** A test for the process that runs them. */
export interface Task {
  readonly checkout: string;
  readonly path: string;
  /** One program of one mode only, in a process of its own: what a test does to the builtins stays in its process. */
  readonly only?: { readonly mode: Mode; readonly side: Side };
}

export type Side = 'plain' | 'compiled';

export type Status =
  /** Compiled, and it passes as the plain code does, after as many ticks. */
  | 'equal'
  /** Compiled, and stopped by the same error as the plain code: the test can't pass inside a module or a function. */
  | 'equal failure'
  /** A syntax error for Node as well as for the compiler, which leaves the file as it is. */
  | 'syntax error'
  /** Correct for Node, a syntax error for TypeScript's parser: left to the host. */
  | 'unparsed'
  | 'refused'
  | 'different ticks'
  | 'different'
  /** Only for scripts in sloppy mode, or no async function to make durable. */
  | 'not applicable';

export interface Verdict {
  readonly path: string;
  readonly mode: Mode;
  readonly status: Status;
  readonly detail: string;
  /** Of a task with one side. */
  readonly observed?: Observed;
}

/** What both sides of a test say together. */
export function compare(expected: Observed, actual: Observed): Pick<Verdict, 'status' | 'detail'> {
  const detail = `plain: ${expected.outcome} (${expected.ticks} ticks); compiled: ${actual.outcome} (${actual.ticks} ticks)`;
  if (actual.outcome !== expected.outcome) return { status: 'different', detail };
  if (actual.ticks !== expected.ticks) return { status: 'different ticks', detail };
  if (expected.outcome === 'passed') return { status: 'equal', detail: '' };
  return { status: 'equal failure', detail: expected.outcome };
}
