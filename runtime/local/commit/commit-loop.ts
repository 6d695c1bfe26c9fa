import { type StoreError, storeError } from '../../base/errors.ts';
import type { RunStarted } from '../../journal/events.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Append, Store } from '../../stores/store.ts';
import type { RuntimeHooks } from '../time/runtime-hooks.ts';
import { LaneQueue, type Queueable } from './lane-queue.ts';
import type { Lease } from './lease.ts';
import { Pace, workedMs } from './pace.ts';
import { Portion } from './portion.ts';

const NONE: readonly Creation[] = [];

/** A run that is to be created. */
interface Creation {
  readonly id: string;
  readonly started: RunStarted;
  /** The run that waits for it. */
  readonly watcher: string | undefined;
  readonly resolve: (claim: Claim | null | Promise<Claim | null>) => void;
  readonly reject: (error: unknown) => void;
}

/** What is written in one transaction. */
interface Batch {
  readonly creations: readonly Creation[];
  readonly lanes: readonly Lane[];
  /** Of each of the lanes. */
  readonly appends: readonly Append[];
}

/** One run, as the journal writes it and feeds it. No method throws. */
export interface Lane extends Queueable {
  /** Hands over what is to be appended, as much of it as goes into the portion; undefined if it was dropped meanwhile. */
  takeAppend(portion: Portion): Append | undefined;
  /** More is to be appended. */
  readonly dirty: boolean;
  /** What was taken last is durable. */
  appended(): void;
  /** What was taken last was refused: another worker has the run, or the journal isn't as this one left it. */
  refused(): void;
  /** What was taken last could not be written. */
  failed(error: StoreError): void;
  /** Does at most one delivery. True if it may be asked again in the next turn. */
  advance(): boolean;
}

/**
 * Drives all runs of a runtime by the turns of the event loop. In each turn the events that all runs queued are
 * appended in one transaction (group commit), and each run is then given at most one delivery; of very many, some. A turn is an immediate
 * (`macrotask-queue.ts`), so the microtasks that a delivery sets off have all run before the next one: deliveries come one at
 * a time to a run that is quiescent, when it is live as when it is replayed.
 */
export class CommitLoop {
  readonly #store: Store;
  readonly #lease: Lease;
  readonly #nextTurn: RuntimeHooks['turn'];
  readonly #portion = new Portion();
  /** Deliveries in one turn. What they set off runs behind them, before the next turn. */
  readonly #deliveries = new Pace(500);
  /** When the deliveries of the last turn began that had as many as that. */
  #fullSince: number | undefined;
  readonly #creations = new Set<Creation>();
  readonly #dirty = new LaneQueue<Lane>(1);
  readonly #ready = new LaneQueue<Lane>(2);
  /** How many transactions are under way. */
  #appending = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(store: Store, lease: Lease, nextTurn: RuntimeHooks['turn']) {
    this.#store = store;
    this.#lease = lease;
    this.#nextTurn = nextTurn;
  }

  /**
   * Creates a run, in one transaction with what else is written in the next turn; gives the claim, or null where the id
   * exists. Rejects with StoreError.
   *
   * @param watcher the run that waits for it
   */
  create(id: string, started: RunStarted, watcher?: string): Promise<Claim | null> {
    return new Promise((resolve, reject) => {
      this.#creations.add({ id, started, watcher, resolve, reject });
      this.#schedule();
    });
  }

  /** The lane has events to append. */
  markDirty(lane: Lane): void {
    this.#dirty.add(lane);
    this.#schedule();
  }

  /** The lane may have something to deliver. */
  markReady(lane: Lane): void {
    this.#ready.add(lane);
    this.#schedule();
  }

  /** Resolves when nothing is queued or being written. */
  flushed(): Promise<void> {
    if (!this.#unwritten && this.#appending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#nextTurn(this.#turn);
  }

  readonly #turn = (now?: number): void => {
    this.#scheduled = false;
    if (this.#fullSince !== undefined) this.#deliveries.took(workedMs() - this.#fullSince);
    this.#fullSince = undefined;
    // A worker that was stopped for longer than its lease may have lost its runs: they must not go on here unasked.
    if (!this.#lease.holdsAt(now)) return this.#lease.whenHeld(() => this.#schedule());
    if (this.#unwritten && this.#appending === 0) this.#write();
    this.#deliver();
    if (this.#ready.size > 0 || (this.#unwritten && this.#appending === 0)) this.#schedule();
    this.#reportIdle();
  };

  get #unwritten(): boolean {
    return this.#dirty.size > 0 || this.#creations.size > 0;
  }

  /** To as many runs as one turn is for; the others come first in the next. */
  #deliver(): void {
    if (this.#ready.size === 0) return;
    if (this.#ready.size > this.#deliveries.size) this.#fullSince = workedMs();
    // Not to those that get ready meanwhile.
    for (let left = Math.min(this.#ready.size, this.#deliveries.size); left > 0; left--) {
      const lane = this.#ready.shift()!;
      if (lane.advance()) this.#ready.add(lane);
    }
  }

  /** As much as one transaction is for; the rest comes first in the next turn. */
  #write(): void {
    const portion = this.#portion.begin();
    const creations = this.#creations.size === 0 ? NONE : this.#takeCreations(portion);
    const lanes: Lane[] = [];
    const appends: Append[] = [];
    for (let left = this.#dirty.size; left > 0 && !portion.full; left--) {
      const lane = this.#dirty.shift()!;
      const append = lane.takeAppend(portion);
      if (append === undefined) continue;
      lanes.push(lane);
      appends.push(append);
    }
    // What was too much of one run for this portion comes behind the others.
    if (portion.full) for (const lane of lanes) if (lane.dirty) this.#dirty.add(lane);
    if (appends.length === 0 && creations.length === 0) return;
    const batch = { creations, lanes, appends };
    if (!portion.full) return this.#writeBatch(batch);
    const begun = workedMs();
    this.#writeBatch(batch);
    // A store that answers later holds nobody up.
    if (this.#appending === 0) portion.took(workedMs() - begun);
  }

  #takeCreations(portion: Portion): readonly Creation[] {
    const isFull = (): boolean => (this.#dirty.size > 0 ? portion.halfFull : portion.full);
    let count = 0;
    for (const { started } of this.#creations) {
      if (isFull()) break;
      portion.takeCreation(started.input);
      count++;
    }
    return takeFirst(this.#creations, count);
  }

  #writeBatch(batch: Batch): void {
    let refused: readonly string[] | Promise<readonly string[]>;
    try {
      refused = this.#commit(batch);
    } catch (error) {
      return this.#failed(batch, error);
    }
    if (!(refused instanceof Promise)) return this.#appended(batch, refused);
    this.#appending++;
    const finish = (report: () => void): void => {
      this.#appending--;
      report();
      // Deliveries wait for a turn of their own: microtasks of a run may be under way here.
      this.#schedule();
    };
    refused.then(
      (ids) => finish(() => this.#appended(batch, ids)),
      (error) => finish(() => this.#failed(batch, error)),
    );
  }

  /** Writes it all; what it throws or rejects with is meant for every part of it. */
  #commit({ creations, appends }: Batch): readonly string[] | Promise<readonly string[]> {
    if (creations.length === 0) return this.#store.append(appends);
    const by = this.#lease.claimant();
    const claims: (Claim | null | Promise<Claim | null>)[] = [];
    let refused: readonly string[] | Promise<readonly string[]> = [];
    const written = this.#store.together(() => {
      for (const { id, started, watcher } of creations)
        claims.push(this.#store.create(id, started, by, watcher));
      if (appends.length > 0) refused = this.#store.append(appends);
    });
    if (written instanceof Promise) {
      // Where it rejects, that says it all.
      for (const part of [...claims, refused]) if (part instanceof Promise) part.catch(() => {});
    }
    const tell = (): readonly string[] | Promise<readonly string[]> => {
      for (const [index, { resolve }] of creations.entries()) resolve(claims[index]!);
      return refused;
    };
    return written instanceof Promise ? written.then(tell) : tell();
  }

  #appended({ lanes, appends }: Batch, refused: readonly string[]): void {
    for (let index = 0; index < lanes.length; index++) {
      const lane = lanes[index]!;
      if (refused.length > 0 && refused.includes(appends[index]!.claim.runId)) lane.refused();
      else lane.appended();
    }
  }

  #failed(batch: Batch, error: unknown): void {
    const failure = storeError(this.#store.name, error);
    const parts = failure.partial ? partsOf(batch) : [];
    // What is wrong with one of them is not to stop the others.
    if (parts.length > 1) {
      for (const part of parts) this.#writeBatch(part);
      return;
    }
    for (const { reject } of batch.creations) reject(failure);
    for (const lane of batch.lanes) lane.failed(failure);
  }

  #reportIdle(): void {
    if (this.#idle.length === 0 || this.#unwritten || this.#appending > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** Takes so many out of a set, those that came first. */
function takeFirst<T>(set: Set<T>, count: number): readonly T[] {
  const taken: T[] = [];
  for (const one of set) {
    if (taken.length === count) break;
    taken.push(one);
    set.delete(one);
  }
  return taken;
}

function partsOf({ creations, lanes, appends }: Batch): readonly Batch[] {
  return [
    ...creations.map((one) => ({ creations: [one], lanes: [], appends: [] })),
    ...lanes.map((lane, index) => ({ creations: [], lanes: [lane], appends: [appends[index]!] })),
  ];
}
