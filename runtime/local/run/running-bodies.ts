/** The step bodies of one run that this process is executing. */
export class RunningBodies {
  #count = 0;
  #onNone: (() => void) | undefined;

  get any(): boolean {
    return this.#count > 0;
  }

  /** A body begins, or has ended. */
  change(by: 1 | -1): void {
    this.#count += by;
    if (this.#count === 0) this.#onNone?.();
  }

  /** Resolves when no body is being executed, or on `release()`. */
  async ended(): Promise<void> {
    if (this.any) await new Promise<void>((resolve) => (this.#onNone = resolve));
  }

  /** The run is closed, so nothing waits for its bodies any more. */
  release(): void {
    this.#onNone?.();
  }
}
