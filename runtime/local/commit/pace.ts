/** What takes longer becomes less, and more again where it takes less than the other, in ms of work. */
const LONG_MS = 30;
const SHORT_MS = 12;
const FEWEST = 20;

/**
 * The time that this process has worked, in ms. How long a disk takes to make something durable, or others take the
 * processor, doesn't become less when less is done at a time, and would make it slower without end.
 */
export function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** How many of something are done without a break, by how long that took before. */
export class Pace {
  readonly #most: number;
  #size: number;

  /** Begins with `most`. */
  constructor(most: number) {
    this.#most = most;
    this.#size = most;
  }

  get size(): number {
    return this.#size;
  }

  /** So many of them have taken so many ms of work. */
  took(ms: number): void {
    if (ms > LONG_MS) this.#size = Math.max(Math.floor((this.#size * LONG_MS) / (ms * 1.5)), FEWEST);
    else if (ms < SHORT_MS) this.#size = Math.min(this.#size * 2, this.#most);
  }
}
