/** Promises that the body awaits and that belong to no operation: `import()`, promises that the body makes itself. */
export class ForeignPromises {
  readonly #patience: number;
  #pending = 0;
  #lastBegun = 0;
  #waiting: ((settled: boolean) => void)[] = [];

  /** @param patience how long a promise is waited for, in ms, before the run is taken to wait for its operations only */
  constructor(patience: number) {
    this.#patience = patience;
  }

  add(promise: PromiseLike<unknown>): void {
    this.#pending++;
    this.#lastBegun = performance.now();
    const settled = (): void => {
      this.#pending--;
      for (const resolve of this.#waiting.splice(0)) resolve(true);
    };
    promise.then(settled, settled);
  }

  get pending(): boolean {
    return this.#pending > 0;
  }

  /** One of them may still settle by itself. */
  get young(): boolean {
    return this.#pending > 0 && this.#left() > 0;
  }

  /** Resolves with true when one has settled; with false after `ms`, and when none is young any more. */
  next(ms = this.#patience): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(0, Math.min(ms, this.#left())));
      this.#waiting.push((settled) => {
        clearTimeout(timer);
        resolve(settled);
      });
    });
  }

  /** Resolves when none of them is young any more. */
  async calm(): Promise<void> {
    while (this.young) await this.next();
  }

  #left(): number {
    return this.#patience - (performance.now() - this.#lastBegun);
  }
}
