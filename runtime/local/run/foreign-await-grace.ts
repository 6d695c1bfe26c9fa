/**
 * A replay that awaits something which isn't recorded (`import()`) isn't quiescent, whatever it looks like: as long as
 * such a promise is pending, the journal isn't said not to fit, within reason.
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
   * @param after calls back when it is within reason no more; gives what takes that back
   * @param retry called when it is worth looking again
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

  /** The code asks for something, by a timer of code elsewhere perhaps. */
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
