import { Fifo } from '../../base/fifo.ts';

/** What can be in queues: it knows in which it is, so that nothing has to be looked up. */
export interface Queueable {
  /** One bit for each queue. Only the queues change it. */
  queued: number;
}

/** The runs that have something to write, or something to be given, in the order in which they got it; each is in it once. */
export class LaneQueue<L extends Queueable> {
  readonly #lanes = new Fifo<L>();
  readonly #bit: number;

  /** @param bit a power of two, another one for each queue of the same lanes */
  constructor(bit: number) {
    this.#bit = bit;
  }

  get size(): number {
    return this.#lanes.size;
  }

  add(lane: L): void {
    if ((lane.queued & this.#bit) !== 0) return;
    lane.queued |= this.#bit;
    this.#lanes.add(lane);
  }

  /** Takes the first; undefined if there is none. */
  shift(): L | undefined {
    const lane = this.#lanes.shift();
    if (lane !== undefined) lane.queued &= ~this.#bit;
    return lane;
  }
}
