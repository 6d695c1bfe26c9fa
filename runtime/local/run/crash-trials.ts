import type { Caution, Claim } from '../../stores/claims.ts';
import { SUSPECT } from '../../stores/crashes.ts';
import type { Store } from '../../stores/store.ts';
import type { System, SystemTimer } from '../time/system.ts';

/**
 * How many suspects are tried together at most: those that were held back once, those that were held back again, and those with
 * `maxCrashes`, which are tried alone. Most are innocent, and long steps of theirs take long to show it. So groups are small where
 * the reason is likely to be among them, but not smaller than needed: one by one, a thousand of them would wait for hours.
 */
const HELD_BACK_ONCE = 25;
const HELD_BACK_AGAIN = 5;
/** A run must have been under way for so long, or twice as long as when its worker died, to be cleared; ms. */
const CLEARED_MS = 5_000;
/** After so long in which nothing happened, the next suspect may begin beside it; ms. */
const LONGEST_TRIAL_MS = 30_000;
const SWEEP_MS = 1_000;

/** What a run, that was with workers that are gone, does until that is known to have been none of its fault. */
export interface Trial {
  /** It has recorded something. */
  progressed(): void;
  /** It has been read, and is replayed. */
  replayed(events: number, last: string | undefined): void;
  /** It calls a step. */
  called(key: string): void;
}

interface Tried {
  readonly claim: Claim;
  readonly since: number;
}

/**
 * Runs that were with workers which are gone, and have recorded nothing since. Any event clears a run of that, and so
 * does time: an innocent run in a long step lives on. Suspects, which were there more than once, are tried a few at a time,
 * and later alone, so that a run which kills its worker takes no others with it, and is known for it.
 */
export class Trials {
  readonly #store: Store;
  readonly #system: System;
  readonly #maxCrashes: number;
  readonly #tried = new Map<string, Tried>();
  #timer: SystemTimer | undefined;
  #closed = false;
  /** Told when there may be room for another suspect. */
  readonly #onRoom: () => void;

  constructor(store: Store, system: System, maxCrashes: number, onRoom: () => void) {
    this.#store = store;
    this.#system = system;
    this.#maxCrashes = maxCrashes;
    this.#onRoom = onRoom;
  }

  /** For runs that aren't suspected. Undefined where nothing is counted. */
  get caution(): Caution | undefined {
    return this.#upTo(SUSPECT - 1);
  }

  /** For one run that is claimed by its id. */
  get cautionByName(): Caution | undefined {
    return this.#upTo(this.next.at(-1)?.caution.to ?? SUSPECT - 1);
  }

  /** Which suspects may be taken up now, and how many of them; those that are more likely to be innocent come first. */
  get next(): readonly { readonly caution: Caution; readonly limit: number }[] {
    const maxCrashes = this.#maxCrashes;
    if (maxCrashes === Number.POSITIVE_INFINITY) return [];
    const counts = this.#counts();
    const smallest = Math.min(...counts.map((count) => this.#together(count)));
    const alone = Math.max(maxCrashes, SUSPECT + 1);
    const ranges = [
      { from: SUSPECT, to: SUSPECT },
      { from: SUSPECT + 1, to: alone - 1 },
      { from: alone, to: Number.POSITIVE_INFINITY },
    ];
    return ranges
      .filter(({ from, to }) => from <= to)
      .map(({ from, to }) => ({
        caution: { maxCrashes, from, to },
        limit: Math.min(this.#together(from), smallest) - counts.length,
      }))
      .filter(({ limit }) => limit > 0);
  }

  /** How many suspects one with these crashes may be tried with, itself among them. */
  #together(count: number): number {
    if (count <= SUSPECT) return HELD_BACK_ONCE;
    return count < this.#maxCrashes ? HELD_BACK_AGAIN : 1;
  }

  #upTo(to: number): Caution | undefined {
    return this.#maxCrashes === Number.POSITIVE_INFINITY
      ? undefined
      : { maxCrashes: this.#maxCrashes, from: 0, to };
  }

  /** The crashes of suspects that are on trial. */
  #counts(): readonly number[] {
    const now = this.#system.uptime();
    return [...this.#tried.values()]
      .filter(({ since }) => now - since < LONGEST_TRIAL_MS)
      .map(({ claim }) => claim.crashes!.count)
      .filter((count) => count >= SUSPECT);
  }

  /** Undefined if there is nothing to find out about the run. */
  begin(claim: Claim): Trial | undefined {
    const { runId, crashes } = claim;
    if (crashes === undefined || this.#closed) return undefined;
    this.#tried.set(runId, { claim, since: this.#system.uptime() });
    this.#timer ??= this.#system.setInterval(() => void this.#sweep(), SWEEP_MS).unref();
    const progressed = (): void => this.end(runId);
    const nothing = (): void => {};
    // Of the others a note would cost a commit each, and nearly all are innocent.
    if (crashes.count < SUSPECT) return { progressed, replayed: nothing, called: nothing };
    const keys = new Set<string>();
    let past = '';
    return {
      progressed,
      replayed: (events, last) => {
        past = last === undefined ? '' : `, behind ${JSON.stringify(last)}`;
        this.#note(claim, `it was being replayed (${events} events${past})`);
      },
      called: (key) => {
        if (keys.has(key)) return;
        keys.add(key);
        this.#note(claim, `it had called ${[...keys].map((each) => JSON.stringify(each)).join(', ')}${past}`);
      },
    };
  }

  /** The run is no longer on trial here. */
  end(runId: string): void {
    if (!this.#tried.delete(runId)) return;
    if (this.#tried.size === 0) this.#stop();
    this.#onRoom();
  }

  close(): void {
    this.#closed = true;
    this.#tried.clear();
    this.#stop();
  }

  #note(claim: Claim, doing: string): void {
    try {
      const noted = this.#store.note(claim, doing);
      // A failed note is only missing in messages.
      if (noted instanceof Promise) noted.catch(() => {});
    } catch {}
  }

  async #sweep(): Promise<void> {
    const now = this.#system.uptime();
    const cleared = [...this.#tried.values()].filter(
      ({ claim, since }) => now - since >= Math.max(CLEARED_MS, 2 * claim.crashes!.lived),
    );
    if (cleared.length > 0) {
      try {
        await this.#store.clear(cleared.map(({ claim }) => claim));
        for (const { claim } of cleared) this.end(claim.runId);
      } catch {
        // The next round tries again.
      }
    }
    this.#onRoom();
  }

  #stop(): void {
    this.#system.clear(this.#timer);
    this.#timer = undefined;
  }
}
