/** A store that ends with its process: for tests and for trying things out. */
import type { Outcome } from '../backend.ts';
import { MisuseError, RuntimeClosedError } from '../errors.ts';
import type { JournalEvent, RunStarted } from '../local/events.ts';
import { isGone, type Owner, ownerOf } from './liveness.ts';
import {
  type AddressedMessage,
  type Append,
  type Claim,
  type Claimant,
  type Completed,
  endMessage,
  hasEnded,
  isPlainAppend,
  type ListFilter,
  type Message,
  type NewMessage,
  type RunRecord,
  type RunStatus,
  type Sent,
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
  readonly messages: Message[];
  /** Runs that want to know of its end. */
  readonly watchers: Set<string>;
}

interface Callback {
  readonly runId: string;
  readonly until: number;
  used: boolean;
}

/** A store in the memory of this process. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly name = 'memory:';
  /** In the order of creation. */
  readonly #runs = new Map<string, Run>();
  readonly #callbacks = new Map<string, Callback>();
  #lastMessage = 0;
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
      messages: [],
      watchers: new Set(),
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
      for (const event of events) {
        run.events.push(event);
        if (!isPlainAppend(event)) this.#apply(run, event);
      }
    }
    return refused;
  }

  send(runId: string, message: NewMessage): Sent {
    this.#check();
    const run = this.#runs.get(runId);
    if (run === undefined) return 'unknown';
    if (hasEnded(run.status)) return 'ended';
    run.messages.push({ ...message, seq: ++this.#lastMessage });
    return 'sent';
  }

  complete(token: string, { ok, value }: Outcome, now: number): Completed {
    this.#check();
    const callback = this.#callbacks.get(token);
    if (callback === undefined) return 'unknown';
    if (callback.used) return 'used';
    if (callback.until < now) return 'expired';
    if (this.send(callback.runId, { kind: 'callback', name: token, ok, value }) !== 'sent') return 'ended';
    callback.used = true;
    return 'completed';
  }

  watch(runId: string, watcher: string): void {
    this.#check();
    const run = this.#runs.get(runId);
    if (run === undefined || run.watchers.has(watcher)) return;
    run.watchers.add(watcher);
    const last = run.events.at(-1);
    if (last?.type === 'run-ended') this.send(watcher, endMessage(runId, last));
  }

  messages(worker: string, after: number): { messages: readonly AddressedMessage[]; last: number } {
    this.#check();
    if (after === this.#lastMessage) return { messages: [], last: after };
    const messages: AddressedMessage[] = [];
    for (const { id, owner, messages: all } of this.#runs.values()) {
      if (owner?.worker !== worker) continue;
      for (const message of all) if (message.seq > after) messages.push({ ...message, runId: id });
    }
    messages.sort((a, b) => a.seq - b.seq);
    return { messages, last: this.#lastMessage };
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
    return run && { record: recordOf(run), events: [...run.events], messages: [...run.messages] };
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
      if (hasEnded(run.status)) continue;
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
    this.#callbacks.clear();
  }

  /** What an event changes besides the journal. */
  #apply(run: Run, event: JournalEvent): void {
    if (event.type === 'callback-created') {
      const { token, until = Number.POSITIVE_INFINITY } = event;
      if (!this.#callbacks.has(token)) this.#callbacks.set(token, { runId: run.id, until, used: false });
    } else if (event.type === 'run-ended') {
      setStatus(run, statusAfter(event), null, event.at);
      run.messages.length = 0;
      for (const watcher of run.watchers) this.send(watcher, endMessage(run.id, event));
    } else if ('message' in event) {
      const index = run.messages.findIndex(({ seq }) => seq === event.message);
      if (index !== -1) run.messages.splice(index, 1);
    }
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
