/** Chance from a seed: the same numbers in each execution, on each machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Seeds that follow each other are to begin differently.
    for (let round = 0; round < 4; round++) this.#next();
  }

  /** Another one, whose numbers don't depend on how many of this one's are used. */
  fork(): Random {
    return new Random(this.#next());
  }

  /** In [0, 1). */
  float(): number {
    return this.#next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.float() * (most - least + 1));
  }

  /** As `between`, where small numbers are as likely as large ones. */
  spread(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.float());
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.float() * list.length)]!;
  }

  hex(bytes: number): string {
    let text = '';
    while (text.length < 2 * bytes) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, 2 * bytes);
  }

  /** splitmix32 */
  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
}
