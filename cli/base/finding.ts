/** What `doctor` may find. The names are part of its JSON. */
export type FindingCode =
  | 'no-plugin'
  | 'not-covered'
  | 'plugin-twice'
  | 'wrong-order'
  | 'wrong-option'
  | 'plain-tsc'
  | 'no-emit-on-error'
  | 'typescript-missing'
  | 'typescript-version'
  | 'nest-swc'
  | 'tsx-commonjs'
  | 'two-copies'
  | 'stale-output'
  | 'plain-output'
  | 'unreadable'
  | 'refused';

/** An error: durable functions don't work. A warning: they may not. A note is no fault by itself. */
export type Severity = 'error' | 'warning' | 'note';

/** A place in the project. */
export interface Place {
  /** Relative to the folder of the project, with forward slashes. */
  readonly file: string;
  /** The first line is 1. */
  readonly line: number;
}

export interface Finding extends Place {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What happens. */
  readonly message: string;
  /** The lines to write, or the command to run. */
  readonly change: string;
}
