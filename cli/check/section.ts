/** One part of what `check` says of a project: its diagnostics, or how it differs from something else. */
export interface Section {
  /** Its key in the JSON. */
  readonly key: string;
  readonly json: unknown;
  /** For people: blocks with an empty line between them. None where there is nothing to say. */
  readonly blocks: readonly string[];
  readonly errors: number;
  readonly warnings: number;
  /** Functions with runs that may be parked. */
  readonly parking?: number;
  /** For a pull request. */
  readonly markdown?: string;
}
