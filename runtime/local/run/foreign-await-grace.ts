/**
 * A replay that awaits a promise which isn't recorded (`import()`) only looks quiescent. No mismatch is reported while such a
 * promise is pending, within limits.
 */
export class ForeignAwaitGrace {
  readonly #after: (callback: () => void) => () => void;
  readonly #retry: () => void;
  #pending = 0;
  #callers = 0;
  readonly #lasting = new Map<PromiseLike<unknown>, string>();
  #stop: (() => void) | undefined;
  #over = false;

  /**
   * @param after calls back when the limit is reached; returns a function that cancels it
   * @param retry called when the replay may continue
   */
  constructor(after: (callback: () => void) => () => void, retry: () => void) {
    this.#after = after;
    this.#retry = retry;
  }

  /** A promise is pending that isn't recorded. */
  get foreign(): boolean {
    return this.#pending > 0;
  }

  /** How the code awaits one that no replay makes again; undefined if there is none, and it settles by itself. */
  get lasting(): string | undefined {
    return this.#lasting.size === this.#pending ? this.#lasting.values().next().value : undefined;
  }

  watch(promise: PromiseLike<unknown>, text?: string): void {
    this.#pending++;
    if (text !== undefined) this.#lasting.set(promise, text);
    const settled = (): void => {
      this.#pending--;
      this.#lasting.delete(promise);
      this.#retry();
    };
    promise.then(settled, settled);
  }

  /**
   * One of code elsewhere that calls functions of the run. While it is pending it may ask for what is recorded. But it may as well
   * wait for what the run itself waits for, so it keeps no run from being parked.
   */
  watchCaller(promise: PromiseLike<unknown>): void {
    this.#callers++;
    const settled = (): void => {
      this.#callers--;
      this.#retry();
    };
    promise.then(settled, settled);
  }

  /** Whether the code may still catch up. */
  waits(): boolean {
    if ((this.#pending === 0 && this.#callers === 0) || this.#over) return false;
    this.#stop ??= this.#after(() => {
      this.#over = true;
      this.#retry();
    });
    return true;
  }

  /** The code makes a request, perhaps from a timer of code elsewhere. */
  stir(): void {
    if (this.#stop !== undefined) this.#retry();
  }

  /** The code has caught up. */
  end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#over = false;
  }
}
