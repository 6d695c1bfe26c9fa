/** Counts the lines that the body of a run prints, so that each is printed by one invocation only. */
export class LineCount {
  #count = 0;
  #recorded = 0;

  /** So many lines were printed when this was recorded. */
  recover(lines: number | undefined): void {
    this.#recorded = Math.max(this.#recorded, lines ?? 0);
  }

  /**
   * Counts a line; true if no earlier invocation recorded that it printed it.
   *
   * @param isBehind what is recorded shows that the code has been here
   */
  admit(isBehind: boolean): boolean {
    this.#count++;
    if (isBehind) this.recover(this.#count);
    return this.#count > this.#recorded;
  }

  get unrecorded(): boolean {
    return this.#count > this.#recorded;
  }

  /** The count, which is recorded from now on; undefined if it is recorded already. */
  take(): number | undefined {
    if (!this.unrecorded) return undefined;
    this.#recorded = this.#count;
    return this.#count;
  }
}
