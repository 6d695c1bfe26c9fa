import type { InspectSource } from '../stores/inspect-source.ts';
import type { Counts } from './api.ts';

/** The counts of a large store are computed for at most this part of the time. */
const SHARE = 0.05;

/** How many runs have each status: asked of the store once for all pages, and rarely where it takes long. */
export class StatusCounts {
  readonly #source: InspectSource;
  #known: { readonly counts: Counts; readonly position: number | string } | undefined;
  #underWay: Promise<Counts> | undefined;
  /** By `performance.now()`. */
  #nextAt = 0;

  constructor(source: InspectSource) {
    this.#source = source;
  }

  /** Rejects with StoreError. */
  async now(): Promise<Counts> {
    const position = await this.#source.position();
    const isFresh = this.#known?.position === position || performance.now() < this.#nextAt;
    if (this.#known !== undefined && isFresh) return this.#known.counts;
    this.#underWay ??= this.#count(position).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #count(position: number | string): Promise<Counts> {
    const start = performance.now();
    const counts = { statuses: await this.#source.counts() };
    const end = performance.now();
    this.#nextAt = end + (end - start) / SHARE;
    this.#known = { counts, position };
    return counts;
  }
}
