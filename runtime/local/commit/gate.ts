/** How long calls of the store that come from outside may take in one turn, in ms. */
const MOST_MS = 20;

/**
 * Lets calls of the store through that each are a transaction of their own, such as signals to ten thousand runs: as many in
 * a turn of the event loop as take a short time together, the others in the next turns, in order.
 */
export class Gate {
  readonly #nextTurn: (callback: () => void) => void;
  readonly #uptime: () => number;
  readonly #waiting = new Set<() => void>();
  #spent = 0;
  #planned = false;

  constructor(nextTurn: (callback: () => void) => void, uptime: () => number) {
    this.#nextTurn = nextTurn;
    this.#uptime = uptime;
  }

  /** Gives or throws what the call does, at once where it may be made at once. */
  pass<T>(call: () => T | Promise<T>): T | Promise<T> {
    if (this.#waiting.size === 0 && this.#spent < MOST_MS) return this.#make(call);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(() => {
        try {
          resolve(this.#make(call));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #make<T>(call: () => T | Promise<T>): T | Promise<T> {
    const begun = this.#uptime();
    try {
      return call();
    } finally {
      this.#spent += this.#uptime() - begun;
      if (this.#spent > 0) this.#plan();
    }
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#nextTurn(() => {
      this.#planned = false;
      this.#spent = 0;
      for (const call of this.#waiting) {
        if (this.#spent >= MOST_MS) break;
        this.#waiting.delete(call);
        call();
      }
      if (this.#waiting.size > 0) this.#plan();
    });
  }
}
