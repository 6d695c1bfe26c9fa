/**
 * In which order a replay delivers what is recorded. Pure.
 *
 * Every delivery has a number. The outcome of a step carries its own. The end of a wait or of a callback is the
 * engine's and carries nothing of ours: where the run awaited nothing else it needs no number, since it was the only
 * thing that could come next; otherwise, and where the engine might take it back, an operation of ours says what came at
 * which number.
 */

/** Something that the run awaits, by its name. */
export interface Awaited {
  /** It is complete for good, and carries no number. */
  readonly final: boolean;
}

export type CallDecision =
  | { readonly type: 'deliver'; readonly name: string }
  /** Nothing that is recorded was delivered after this. */
  | { readonly type: 'live' }
  /** The run has to ask for this, but doesn't. */
  | { readonly type: 'missing'; readonly name: string };

export class DeliveryOrder {
  readonly #names = new Map<number, string>();
  #last = -1;
  #next = 0;

  /** The outcome with this name is the n-th that is delivered. */
  record(n: number, name: string): void {
    this.#names.set(n, name);
    this.#last = Math.max(this.#last, n);
  }

  /** The number of the next delivery. */
  get next(): number {
    return this.#next;
  }

  /** The last recorded delivery that still has to come; undefined if there is none. */
  get last(): string | undefined {
    return this.#last < this.#next ? undefined : this.#names.get(this.#last);
  }

  /**
   * What comes next, while the run is quiescent. A delivery counts as made.
   *
   * @param busy the run awaits something foreign: then nothing is delivered without a number, live neither
   */
  decide(awaited: ReadonlyMap<string, Awaited>, busy: boolean): CallDecision {
    const name = this.#names.get(this.#next);
    if (name !== undefined) {
      if (!awaited.has(name)) return { type: 'missing', name };
      this.#next++;
      return { type: 'deliver', name };
    }
    if (awaited.size === 1 && !busy) {
      const [only] = awaited;
      if (only?.[1].final) {
        this.#next++;
        return { type: 'deliver', name: only[0] };
      }
    }
    const { last } = this;
    return last === undefined ? { type: 'live' } : { type: 'missing', name: last };
  }
}
