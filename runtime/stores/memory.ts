/** A store that ends with its process: for tests and for trying things out. */
import { MisuseError, RuntimeClosedError } from '../errors.ts';
import type { JournalEvent, RunStarted } from '../local/events.ts';
import { isGone, type Owner, ownerOf } from './liveness.ts';
import {
  type Append,
  type Claim,
  type Claimant,
  type ListFilter,
  type RunRecord,
  type RunStatus,
  type Store,
  type StoredRun,
  statusAfter,
} from './store.ts';

interface Run {
  readonly id: string;
  readonly fn: string;
  readonly createdAt: number;
  readonly events: JournalEvent[];
  status: RunStatus;
  reason: string | null;
  /** When the status was set last; ms since the epoch. */
  changedAt: number;
  token: number;
  /** Null if nobody holds the run; then no token is valid. */
  owner: Owner | null;
}

/** A store in the memory of this process. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly name = 'memory:';
  /** In the order of creation. */
  readonly #runs = new Map<string, Run>();
  #closed = false;

  create(id: string, started: RunStarted, by: Claimant): Claim | null {
    this.#check();
    if (this.#runs.has(id)) return null;
    this.#runs.set(id, {
      id,
      fn: started.fn,
      createdAt: started.at,
      events: [started],
      status: 'running',
      reason: null,
      changedAt: started.at,
      token: 1,
      owner: ownerOf(by),
    });
    return { runId: id, token: 1 };
  }

  append(batch: readonly Append[]): readonly string[] {
    this.#check();
    const refused: string[] = [];
    for (const { claim, seq, events } of batch) {
      const run = this.#held(claim);
      if (run === undefined || run.events.length !== seq) {
        refused.push(claim.runId);
        continue;
      }
      // Not spread: an append may hold more events than a call takes arguments.
      for (const event of events) run.events.push(event);
      const last = events.at(-1);
      if (last?.type === 'run-ended') setStatus(run, statusAfter(last), null, last.at);
    }
    return refused;
  }

  block(claim: Claim, reason: string): boolean {
    this.#check();
    const run = this.#held(claim);
    if (run === undefined) return false;
    setStatus(run, 'blocked', reason, Date.now());
    return true;
  }

  load(id: string): StoredRun | undefined {
    this.#check();
    const run = this.#runs.get(id);
    return run && { record: recordOf(run), events: [...run.events] };
  }

  record(id: string): RunRecord | undefined {
    this.#check();
    const run = this.#runs.get(id);
    return run && recordOf(run);
  }

  claim(by: Claimant, only?: string): readonly Claim[] {
    this.#check();
    const now = Date.now();
    const owner = ownerOf(by);
    const claims: Claim[] = [];
    for (const run of only === undefined ? this.#runs.values() : this.#one(only)) {
      if (run.status !== 'running' && run.status !== 'blocked') continue;
      if (run.owner !== null && !isGone(run.owner, by, now)) continue;
      if (run.status === 'blocked') setStatus(run, 'running', null, now);
      run.owner = owner;
      run.token += 1;
      claims.push({ runId: run.id, token: run.token });
    }
    return claims;
  }

  renew(by: Claimant): void {
    this.#check();
    for (const run of this.#runs.values()) {
      if (run.owner?.worker === by.worker) run.owner = { ...run.owner, leaseUntil: by.leaseUntil };
    }
  }

  release(worker: string): void {
    this.#check();
    for (const run of this.#runs.values()) {
      if (run.owner?.worker === worker) run.owner = null;
    }
  }

  list({ status, fn, limit = 100, cursor }: ListFilter = {}): readonly RunRecord[] {
    this.#check();
    if (cursor !== undefined && !this.#runs.has(cursor)) throw unknownCursor(cursor);
    const records: RunRecord[] = [];
    let started = cursor === undefined;
    for (const run of this.#runs.values()) {
      if (records.length >= limit) break;
      const fits = (status ?? run.status) === run.status && (fn ?? run.fn) === run.fn;
      if (started && fits) records.push(recordOf(run));
      started ||= run.id === cursor;
    }
    return records;
  }

  close(): void {
    this.#closed = true;
    this.#runs.clear();
  }

  #check(): void {
    if (this.#closed) throw closed(this.name);
  }

  #one(id: string): Run[] {
    const run = this.#runs.get(id);
    return run ? [run] : [];
  }

  #held({ runId, token }: Claim): Run | undefined {
    const run = this.#runs.get(runId);
    return run !== undefined && run.owner !== null && run.token === token ? run : undefined;
  }
}

/** Every status but `running` means that nobody holds the run. */
function setStatus(run: Run, status: RunStatus, reason: string | null, at: number): void {
  run.status = status;
  run.reason = reason;
  run.changedAt = at;
  run.owner = null;
}

const recordOf = (run: Run): RunRecord => ({
  id: run.id,
  fn: run.fn,
  status: run.status,
  reason: run.reason,
  createdAt: run.createdAt,
  updatedAt: Math.max(run.changedAt, run.events.at(-1)!.at),
});

export const closed = (name: string): RuntimeClosedError =>
  new RuntimeClosedError(`The store ${name} is closed.`);

export const unknownCursor = (cursor: string): MisuseError =>
  new MisuseError(`list: the cursor "${cursor}" is not the id of a run in this store.`);
