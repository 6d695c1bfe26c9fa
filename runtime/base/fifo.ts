/**
 * A queue, first in, first out, in a ring that keeps its memory: what is added and taken in each turn of the event loop
 * allocates nothing.
 */
export class Fifo<T> {
  /** Their number is a power of two. */
  #slots: (T | undefined)[] = new Array<T | undefined>(8).fill(undefined);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size++) & (this.#slots.length - 1)] = item;
  }

  /** Takes the first item; undefined if there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const first = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    return first;
  }

  #grow(): void {
    const { length } = this.#slots;
    const ordered = [...this.#slots.slice(this.#head), ...this.#slots.slice(0, this.#head)];
    this.#slots = ordered.concat(new Array<undefined>(length).fill(undefined));
    this.#head = 0;
  }
}
