import type { LineCount } from '../../run/line-count.ts';
import type { OperationCalls } from './calls.ts';
import type { ForeignPromises } from './foreign.ts';

/** When the SDK may suspend the invocation of one run, and what has to be recorded before. */
export class Suspension {
  readonly #calls: OperationCalls;
  readonly #foreign: ForeignPromises;
  readonly #lines: LineCount;
  /** Attempts of steps that are under way. */
  executing = 0;
  /** An operation of our own keeps the invocation alive. */
  holding = false;

  constructor(calls: OperationCalls, foreign: ForeignPromises, lines: LineCount) {
    this.#calls = calls;
    this.#foreign = foreign;
    this.#lines = lines;
  }

  /** As far as can be known here, the SDK waits for nothing that happens in this invocation. */
  get possible(): boolean {
    return this.executing === 0 && !this.holding;
  }

  /**
   * Keeps the invocation alive while foreign promises may settle, or records printed lines.
   *
   * @param admits whether the execution may have another operation
   */
  prepare(admits: () => boolean): void {
    if (this.#foreign.young && admits()) {
      this.holding = true;
      this.#calls.control('hold', this.#foreign.calm());
    } else if (this.#lines.unrecorded && admits()) {
      this.#calls.control('lines');
    }
  }
}
