import { definedFunctions } from '../../functions/definitions.ts';
import type { Claim, ClaimWish, HeldBack } from '../../stores/claims.ts';
import type { Store } from '../../stores/store.ts';
import type { Lease } from '../commit/lease.ts';
import type { Trials } from '../run/crash-trials.ts';
import type { Clock } from '../time/timers.ts';
import type { Look } from './dispatcher.ts';
import type { LiveRuns } from './live-runs.ts';

/** Runs claimed at once; with more of them due the event loop gets its turn in between. */
const BATCH = 100;

export interface ClaimingOptions {
  readonly store: Store;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly runs: LiveRuns;
  readonly trials: Trials;
  /** The ids of runs that are being created or loaded. */
  opening(): Iterable<string>;
  /** Told of runs that are held back. */
  tell(runs: readonly HeldBack[]): void;
}

/**
 * Claims the runs for which this process has room: limited in number and in bytes of journals, and suspects of crashes only a
 * few at a time. Room is reserved before the store is called.
 */
export class Claiming {
  readonly #options: ClaimingOptions;
  /** Runs may have been given to this worker without its having heard of it. */
  #unsure = false;

  constructor(options: ClaimingOptions) {
    this.#options = options;
  }

  get #runs(): LiveRuns {
    return this.#options.runs;
  }

  get #store(): Store {
    return this.#options.store;
  }

  /** Takes up runs of loaded functions that are free. */
  async look(): Promise<Look> {
    if (!this.#options.lease.mayJudge) {
      await this.#options.lease.renew();
      return { more: false, full: false };
    }
    const limit = Math.min(BATCH, this.#runs.room);
    if (limit <= 0) return this.#makeRoom();
    const fns = definedFunctions();
    const caution = this.#options.trials.caution;
    const wish = { fns, running: true, ...(caution && { caution }) };
    const wasUnsure = this.#unsure;
    this.#unsure = false;
    const { taken, tooLarge } = await this.#take(limit, wasUnsure ? { ...wish, driven: this.#driven } : wish);
    // There may be more of those.
    if (wasUnsure && (taken === limit || tooLarge)) this.#unsure = true;
    const suspectTooLarge = await this.#takeSuspects(wish);
    const full = tooLarge || suspectTooLarge;
    if (full) this.#runs.makeRoomForBytes();
    return { more: taken === limit, full };
  }

  /** True if one is too large. */
  async #takeSuspects(wish: ClaimWish): Promise<boolean> {
    for (const { caution, limit } of this.#options.trials.next) {
      const places = Math.min(limit, this.#runs.room);
      if (places <= 0) return false;
      const { taken, tooLarge } = await this.#take(places, { ...wish, caution });
      if (tooLarge) return true;
      if (taken > 0) return false;
    }
    return false;
  }

  /** When the next run is due, ms since the epoch; undefined if none is parked. */
  nextDue(): Promise<number | undefined> | number | undefined {
    return this.#store.nextDue(definedFunctions());
  }

  async #makeRoom(): Promise<Look> {
    const due = await this.nextDue();
    if (due === undefined || due > this.#options.clock.now()) return { more: false, full: false };
    this.#runs.makeRoom();
    return { more: false, full: true };
  }

  async #take(limit: number, wish: ClaimWish): Promise<{ taken: number; tooLarge: boolean }> {
    let tooLarge = false;
    const taken = await this.#claim(
      limit,
      { ...wish, limit },
      (claims) => {
        for (const claim of claims) this.#runs.takeUp(claim);
        return claims.length;
      },
      () => {
        tooLarge = true;
      },
    );
    return { taken, tooLarge };
  }

  /**
   * Claims all free runs, for a process that starts; also runs of unknown functions, if there is no other worker. First blocked
   * runs, then running ones, in portions with a turn in between. A run that becomes blocked by this is not claimed again.
   */
  async recover<T>(
    use: (claims: readonly Claim[]) => Promise<readonly T[]>,
    turn: () => Promise<void>,
  ): Promise<T[]> {
    const all: T[] = [];
    const take = async (
      which: 'blocked' | 'running',
      { driven, among }: Pick<ClaimWish, 'driven' | 'among'>,
    ): Promise<boolean> => {
      const room = Math.max(this.#runs.room - this.#runs.failureRetries.size, 0);
      const limit = Math.min(BATCH, room);
      const caution = this.#options.trials.caution;
      const wish = {
        fns: definedFunctions(),
        strays: true,
        [which]: true,
        limit,
        ...(driven && { driven }),
        ...(among && { among }),
        ...(caution && { caution }),
      };
      let isFull = false;
      const taken = await this.#claim(limit, wish, (claims) => {
        isFull = claims.length === limit;
        return use(claims);
      });
      for (const one of taken) all.push(one);
      return isFull && limit > 0;
    };
    let last: string | undefined;
    for (;;) {
      const page = { status: 'blocked', limit: BATCH } as const;
      const found = await this.#store.list(last === undefined ? page : { ...page, cursor: last });
      if (found.length > 0) await take('blocked', { among: found.map(({ id }) => id) });
      last = found.at(-1)?.id;
      if (found.length < BATCH) break;
      await turn();
    }
    // What it holds without knowing is looked for once.
    let driven: readonly string[] | undefined = this.#driven;
    while (await take('running', { ...(driven && { driven }) })) {
      driven = undefined;
      await turn();
    }
    return all;
  }

  /** The ids of runs that wait for room here or elsewhere, or are held back. */
  waiting(): Promise<readonly string[]> | readonly string[] {
    return this.#store.waiting(definedFunctions(), this.#options.clock.now());
  }

  /**
   * One run, if it is free.
   *
   * @param how `here`: if there is room for its journal; `anew`: even one that is held back or blocked for its crashes
   */
  one<T>(only: string, how: 'here' | 'at all' | 'anew', use: (claim: Claim | undefined) => T): Promise<T> {
    const caution = this.#options.trials.cautionByName;
    const driven = this.#runs.drives(only) ? [only] : [];
    const wish = { only, driven, ...(how === 'anew' ? { anew: true } : caution && { caution }) };
    const isHere = how === 'here';
    return this.#claim(isHere ? 1 : 0, wish, ([claim]) => use(claim), undefined, !isHere);
  }

  async #claim<T>(
    places: number,
    wish: ClaimWish,
    use: (claims: readonly Claim[]) => T,
    onTooLarge?: () => void,
    anySize = false,
  ): Promise<T> {
    const { bytes, atLeastOne, release } = this.#runs.reserve(places);
    const isAnother = bytes === undefined;
    const told: HeldBack[] = [];
    try {
      const size = anySize ? { bytes: Number.POSITIVE_INFINITY } : { bytes: bytes ?? 0, atLeastOne };
      const heldBack = (run: HeldBack): void => {
        if (run.bytes !== undefined) onTooLarge?.();
        // It may well be small enough, when the other claim that is under way here is over.
        if (run.bytes === undefined || !isAnother) told.push(run);
      };
      const claimant = this.#options.lease.claimant();
      const full = { now: this.#options.clock.now(), ...wish, ...size, heldBack };
      const answer = this.sure(() => this.#store.claim(claimant, full));
      // If the answer is not a promise, nothing may happen in between.
      return use(answer instanceof Promise ? await answer : answer);
    } finally {
      release();
      if (told.length > 0) this.#options.tell(told);
    }
  }

  /** All that this worker knows to be its own, or that may be so soon. */
  get #driven(): readonly string[] {
    return [...this.#runs.driven, ...this.#options.opening()];
  }

  /** A call failed that may have given runs to this worker all the same. */
  doubt(): void {
    this.#unsure = true;
  }

  /** Does what may give runs to this worker even if it fails. */
  sure<T>(take: () => T | Promise<T>): T | Promise<T> {
    const failed = (error: unknown): never => {
      this.doubt();
      throw error;
    };
    try {
      const taken = take();
      return taken instanceof Promise ? taken.catch(failed) : taken;
    } catch (error) {
      return failed(error);
    }
  }
}
