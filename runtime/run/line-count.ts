/**
 * Counts the lines that the body of a run prints. The count is recorded, and a replay skips the recorded lines: so each line
 * is printed by one process only.
 */
export class LineCount {
  #count = 0;
  #recorded = 0;

  /** A recorded count was found; undefined for none. The highest one counts. */
  recover(lines: number | undefined): void {
    this.#recorded = Math.max(this.#recorded, lines ?? 0);
  }

  /**
   * Counts a line. Returns true if it must be printed, because no earlier process recorded that it printed the line.
   *
   * @param isBehind the journal shows that an earlier process has executed this code
   */
  admit(isBehind = false): boolean {
    this.#count++;
    if (isBehind) this.recover(this.#count);
    return this.unrecorded;
  }

  /** Lines were printed that no recorded count includes. */
  get unrecorded(): boolean {
    return this.#count > this.#recorded;
  }

  /** The count for the event that is recorded now; undefined if it has not grown. */
  take(): number | undefined {
    if (!this.unrecorded) return undefined;
    this.#recorded = this.#count;
    return this.#count;
  }
}
