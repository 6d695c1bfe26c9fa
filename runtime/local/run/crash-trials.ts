import type { Caution, Claim } from '../../stores/claims.ts';
import { SUSPECT } from '../../stores/crashes.ts';
import type { Store } from '../../stores/store.ts';
import type { System, SystemTimer } from '../time/system.ts';

/** So many suspects at once, where each has been held back once; those after that are tried alone. */
const FEW = 25;
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
    const counts = this.#counts();
    if (counts.length === 0) return this.#upTo(Number.POSITIVE_INFINITY);
    return this.#upTo(counts.length < FEW && Math.max(...counts) === SUSPECT ? SUSPECT : SUSPECT - 1);
  }

  /** Which suspects may be taken up now, and how many of them; those that are more likely to be innocent come first. */
  get next(): readonly { readonly caution: Caution; readonly limit: number }[] {
    const { maxCrashes, from } = this.#upTo(0) ?? {};
    if (maxCrashes === undefined || from === undefined) return [];
    const counts = this.#counts();
    const few = { caution: { maxCrashes, from: SUSPECT, to: SUSPECT }, limit: FEW - counts.length };
    const alone = { caution: { maxCrashes, from: SUSPECT + 1, to: Number.POSITIVE_INFINITY }, limit: 1 };
    if (counts.length === 0) return [few, alone];
    return few.limit > 0 && Math.max(...counts) === SUSPECT ? [few] : [];
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
