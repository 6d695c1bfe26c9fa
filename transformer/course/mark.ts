/**
 * One thing that decides which calls of a durable function come, and in which order. The marks of a function in the order of
 * its code are its *course*: if two versions have the same course, a replay requests the same keys in both. What isn't among
 * them decides nothing: arguments, what is returned, what is printed.
 */
export interface Mark {
  /**
   * - `call`: a site;
   * - `open`, `part`, `close`: a construct with calls in it (a condition, a loop, `try`, a closure), its further parts, its end;
   * - `jump`: `return`, `throw`, `break`, `continue`;
   * - `await`: a promise is awaited that isn't the call directly before it;
   * - `use`: a closure is named, and may be called from here on;
   * - `code`: it changes variables that decide something, or may throw.
   */
  readonly kind: 'call' | 'open' | 'part' | 'close' | 'jump' | 'await' | 'use' | 'code';
  /** For people: `if`, `for`, `return`; of a call and of the use of a closure, its id. */
  readonly what: string;
  /** Two marks with the same text are the same, whatever their place. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** A call whose arguments may be changed while it is under way. */
  readonly drifts?: true;
}
