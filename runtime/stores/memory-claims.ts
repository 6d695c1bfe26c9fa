import type { Claim, Claimant, ClaimWish } from './claims.ts';
import {
  type CountedCrashes,
  holdBackMs,
  isCrashLoop,
  NO_CRASHES,
  oneMore,
  SUSPECT,
  told,
  withoutThoseOf,
} from './crashes.ts';
import { type Owner, ownerOf, type WorkersView } from './liveness.ts';
import { hasProgressed, hold, type Run, setStatus } from './memory-run.ts';
import { hasEnded } from './store.ts';

/** The workers of a store in memory, and the runs that each of them holds. */
export class MemoryClaims {
  readonly #runs: ReadonlyMap<string, Run>;
  readonly #workers = new Map<string, Owner>();
  /** Workers that others have found gone, and that haven't heard of it. */
  readonly #gone = new Set<string>();
  readonly #view: WorkersView;

  constructor(runs: ReadonlyMap<string, Run>, view: WorkersView) {
    this.#runs = runs;
    this.#view = view;
  }

  /** Those that are registered. */
  get workers(): ReadonlyMap<string, Owner> {
    return this.#workers;
  }

  join(by: Claimant): void {
    if (!this.#workers.has(by.worker) && !this.#gone.has(by.worker))
      this.#workers.set(by.worker, ownerOf(by));
  }

  claim(by: Claimant, wish: ClaimWish): readonly Claim[] {
    const now = this.#view.now();
    for (const [worker, owner] of this.#workers) {
      if (worker === by.worker || !this.#view.isGone(owner, by, now)) continue;
      this.#workers.delete(worker);
      this.#gone.add(worker);
      if (wish.caution !== undefined) this.#bury(owner, by, wish);
    }
    // Its own runs are free as well, and it is to let go of them first.
    if (this.#gone.has(by.worker)) return [];
    this.join(by);
    const anyFunction = wish.strays === true && this.#workers.size === 1;
    const claims: Claim[] = [];
    let left = wish.bytes ?? Number.POSITIVE_INFINITY;
    for (const run of wish.only === undefined ? this.#runs.values() : this.#one(wish.only)) {
      if (claims.length >= (wish.limit ?? Number.POSITIVE_INFINITY)) break;
      if (!this.#isFree(run, by, wish, anyFunction)) continue;
      if (left < 0) {
        // Workers that skip blocked runs must be able to find it.
        if (run.status === 'blocked') setStatus(run, 'running', null, now);
        continue;
      }
      const crashes = this.#judge(run, by, wish);
      if (crashes === undefined) continue;
      const bytes = wish.bytes === undefined ? undefined : sizeOf(run);
      if ((bytes ?? 0) > left && !(wish.atLeastOne === true && claims.length === 0)) {
        wish.heldBack?.({ runId: run.id, fn: run.fn, bytes: bytes! });
        left = -1;
        if (run.status === 'blocked') setStatus(run, 'running', null, now);
        continue;
      }
      left = Math.max(left - (bytes ?? 0), 0);
      if (run.status === 'blocked') setStatus(run, 'running', null, now);
      const claim = hold(run, by, now, crashes);
      const known = crashes.count > 0 ? { ...claim, crashes: told(crashes) } : claim;
      claims.push(bytes === undefined ? known : { ...known, bytes });
    }
    return claims;
  }

  waiting(fns: readonly string[], now: number): readonly string[] {
    const isWaiting = ({ status, fn, owner, wakeAt, crashes }: Run): boolean => {
      if (status !== 'running' || !fns.includes(fn)) return false;
      return owner === null ? wakeAt <= now || crashes.count > 0 : !this.#workers.has(owner);
    };
    return [...this.#runs.values()].filter(isWaiting).map(({ id }) => id);
  }

  renew(by: Claimant, wasBlocked: boolean): boolean {
    const owner = this.#workers.get(by.worker);
    if (owner === undefined) {
      if (this.#gone.delete(by.worker) && !wasBlocked) this.#absolve(by.worker);
      return false;
    }
    this.#workers.set(by.worker, { ...owner, leaseUntil: by.leaseUntil });
    return true;
  }

  release(worker: string): void {
    this.#workers.delete(worker);
    if (this.#gone.delete(worker)) this.#absolve(worker);
    for (const run of this.#of(worker)) {
      run.owner = null;
      run.wakeAt = 0;
      if (hasProgressed(run)) run.crashes = NO_CRASHES;
    }
  }

  #isFree(run: Run, by: Claimant, wish: ClaimWish, anyFunction: boolean): boolean {
    const { id, status, fn, owner, wakeAt, crashes } = run;
    const { fns, running, driven, anew, among, caution, now = this.#view.now() } = wish;
    if (hasEnded(status) || (running === true && status === 'blocked')) return false;
    if (wish.blocked === true && status !== 'blocked') return false;
    if (status === 'blocked' && among?.includes(id) === false) return false;
    if (fns !== undefined && !anyFunction && !fns.includes(fn)) return false;
    if (anew !== true && status === 'blocked' && crashes.count > 0) return false;
    if (owner === by.worker) return driven?.includes(id) === false;
    if (owner !== null) return !this.#workers.has(owner) && (caution?.from ?? 0) === 0;
    if (anew === true && crashes.count > 0) return true;
    const isMeant = caution === undefined || (caution.from <= crashes.count && crashes.count <= caution.to);
    return wakeAt <= now && isMeant;
  }

  /**
   * The worker lives: no run has killed it. What is held back stays so for its time: if the two don't agree on what time it
   * is, it is the other one that may keep the run.
   */
  #absolve(worker: string): void {
    for (const run of this.#runs.values()) {
      const crashes = withoutThoseOf(worker, run.crashes);
      if (crashes === undefined) continue;
      if (run.status === 'blocked') setStatus(run, 'running', null, this.#view.now());
      run.crashes = crashes;
    }
  }

  /** What a gone worker leaves: all that must be known of its runs together. */
  #bury(owner: Owner, by: Claimant, wish: ClaimWish): void {
    if (this.#view.isStopped(owner, by)) return this.release(owner.worker);
    const unchanged = this.#of(owner.worker).filter((run) => !hasProgressed(run));
    if (unchanged.length === 1) this.#blame(unchanged[0]!, owner.worker, wish, true);
  }

  /** The crashes of a run that is to be taken; undefined if it is held back. */
  #judge(run: Run, by: Claimant, wish: ClaimWish): CountedCrashes | undefined {
    if (wish.anew === true) return NO_CRASHES;
    const isOrphan = run.owner !== null && run.owner !== by.worker;
    if (!isOrphan || wish.caution === undefined) return run.crashes;
    return this.#blame(run, run.owner!, wish, false);
  }

  /** Counts a crash, unless the run has recorded something since it was claimed. Undefined if it is held back. */
  #blame(
    run: Run,
    owner: string,
    { caution, now, heldBack }: ClaimWish,
    alone: boolean,
  ): CountedCrashes | undefined {
    if (hasProgressed(run)) return NO_CRASHES;
    const at = this.#view.now();
    const crashes = oneMore(run.crashes, owner, at - run.claimedAt, alone);
    if (!alone && crashes.count < SUSPECT) return crashes;
    const isOver = isCrashLoop(crashes, caution!.maxCrashes);
    const until = isOver || crashes.count < SUSPECT ? 0 : (now ?? at) + holdBackMs(crashes.count);
    run.crashes = crashes;
    run.owner = null;
    run.wakeAt = until;
    if (until > 0) heldBack?.({ runId: run.id, fn: run.fn, crashes: { count: crashes.count, until } });
    return undefined;
  }

  #of(worker: string): Run[] {
    return [...this.#runs.values()].filter(({ owner }) => owner === worker);
  }

  #one(id: string): Run[] {
    const run = this.#runs.get(id);
    return run ? [run] : [];
  }
}

/** About as much as in a file. */
function sizeOf({ events }: Run): number {
  let bytes = 0;
  for (const event of events) {
    const { value = '', input = '' } = event as { readonly value?: string; readonly input?: string };
    bytes += value.length + input.length + 100;
  }
  return bytes;
}
