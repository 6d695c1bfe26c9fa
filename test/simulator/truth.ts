/**
 * What must hold of a store and of those who write to it, kept beside the store: each answer of the store is held against
 * it, and each call of a step.
 */
import type { JournalEvent, RunEnded } from '../../runtime/journal/events.ts';
import type { Claim, Claimant } from '../../runtime/stores/claims.ts';
import { endMessage, receivedMessage } from '../../runtime/stores/event-effects.ts';
import type {
  Append,
  Completed,
  NewMessage,
  Pruned,
  Sent,
  Store,
  StoredRun,
} from '../../runtime/stores/store.ts';
import type { Process } from './process.ts';
import { ScheduleTruth } from './schedule-truth.ts';
import { type Stores, sees } from './stores.ts';

/** Who drives a run, as the store has said. */
interface Holder {
  /** Another worker has found this one gone; the run is that one's, or held back for a while. */
  wasFoundGone?: true;
  readonly token: number;
  readonly worker: string;
}

export class RunTruth {
  readonly id: string;
  readonly events: JournalEvent[] = [];
  holder: Holder | undefined;
  /** The largest that was given out. */
  token = 0;
  /** What was sent to it and the store has taken, in order. */
  readonly sent: NewMessage[] = [];
  /** How often each message was received, by its text. */
  readonly received = new Map<string, number>();
  /** Outcomes by key. */
  readonly steps = new Set<string>();
  /** The last attempt that failed, by key. */
  readonly failed = new Map<string, number>();
  readonly begunOnce = new Set<string>();
  readonly watchers = new Set<string>();
  blocked: string | undefined;
  ended: RunEnded | undefined;
  /** All ends that it had: it may be resumed after one. */
  readonly ends: RunEnded[] = [];

  constructor(id: string) {
    this.id = id;
  }
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
  /** What the trace is looked through for. */
  readonly about: readonly string[];
}

/** Events that may come once for a key. */
const ONCE: readonly JournalEvent['type'][] = [
  'step',
  'wait-fired',
  'expired',
  'callback-created',
  'child-started',
];

export class Truth {
  readonly runs = new Map<string, RunTruth>();
  /** Runs that were removed after their end. */
  readonly pruned = new Map<string, RunTruth>();
  readonly schedules = new ScheduleTruth(this);
  readonly violations: Violation[] = [];
  /** Calls of steps by workers that had lost the run, and could not know it, since clocks differ. */
  excused = 0;
  readonly #stores: Stores;
  readonly #sees: ReturnType<typeof sees>;
  /** Until when the leases of workers hold that the store knows; by the name of the worker. */
  readonly #leases = new Map<string, Claimant>();
  /** Workers that were found gone, and haven't heard of it. */
  readonly #gone = new Set<string>();
  readonly #tokens = new Map<string, { readonly runId: string; used: boolean }>();
  /** Calls of steps that are called at most once. */
  readonly #calledOnce = new Set<string>();

  /** @param processes by their process ids */
  constructor(stores: Stores, processes: ReadonlyMap<number, Process>) {
    this.#stores = stores;
    this.#sees = sees(processes);
  }

  violate(rule: string, text: string, ...about: string[]): void {
    this.violations.push({ rule, text, about });
  }

  /** What the store says of itself; undefined for a method. */
  fact(name: keyof Store, by: Process): unknown {
    const fact: unknown = this.#stores.of(by)[name];
    return typeof fact === 'function' ? undefined : fact;
  }

  /** Does something with the store, and holds the answer against what is known. */
  call(method: keyof Store, args: readonly unknown[], by: Process): unknown {
    const store = this.#stores.of(by);
    const answer: unknown = Reflect.apply(store[method] as () => unknown, store, args);
    const check = this.#checks[method] as
      | ((answer: unknown, by: Process, ...args: unknown[]) => void)
      | undefined;
    check?.(answer, by, ...args);
    return answer;
  }

  readonly #checks: Partial<Record<keyof Store, unknown>> = {
    create: (
      claim: Claim | null,
      process: Process,
      id: string,
      started: JournalEvent,
      by: Claimant,
      watcher?: string,
    ) => {
      if (claim === null) {
        if (!this.runs.has(id)) this.violate('lost run', `create says that ${id} is there`, id);
        return;
      }
      if (this.runs.has(id)) this.violate('lost run', `${id} was created again`, id);
      if (this.pruned.has(id)) this.violate('done again', `${id} was removed, and is started again`, id);
      this.schedules.created(id);
      const run = new RunTruth(id);
      run.events.push(started);
      if (watcher !== undefined) run.watchers.add(watcher);
      this.runs.set(id, run);
      this.#join(by, process);
      this.#give(run, claim, by.worker);
    },
    append: (refused: readonly string[], by: Process, batch: readonly Append[]) => {
      for (const append of batch) this.#appended(append, refused.includes(append.claim.runId), by);
    },
    claim: (claims: readonly Claim[], process: Process, by: Claimant) => {
      for (const [worker, lease] of this.#leases)
        if (worker !== by.worker && this.#sees.isGone({ ...lease, process: null }, by, process.now())) {
          this.#leases.delete(worker);
          this.#gone.add(worker);
          for (const { holder } of this.runs.values())
            if (holder?.worker === worker) holder.wasFoundGone = true;
        }
      this.#join(by, process);
      for (const claim of claims) this.#claimed(claim, by);
    },
    block: (done: boolean, _: Process, claim: Claim, reason: string) => {
      const run = this.#left('blocked', done, claim);
      if (run !== undefined) run.blocked = reason;
    },
    reopen: (
      claim: Claim | null,
      process: Process,
      id: string,
      { seq }: { readonly seq: number },
      by: Claimant,
    ) => {
      const run = this.runs.get(id);
      if (run === undefined || claim === null) return;
      if (run.ended === undefined) this.violate('double end', `${id} was reopened before its end`, id);
      this.#join(by, process);
      this.#rewind(run, seq);
      this.#give(run, claim, by.worker);
    },
    prune: (pruned: Pruned, by: Process, before: number) => this.#prune(pruned, before, by),
    swap: (done: boolean, process: Process, key: string, before: string | undefined, after: string) => {
      if (done) this.schedules.moved(key, before, after, process.now());
    },
    park: (done: boolean, _: Process, claim: Claim) => void this.#left('parked', done, claim),
    release: (_answer: unknown, _: Process, worker: string) => {
      this.#leases.delete(worker);
      for (const run of this.runs.values()) if (run.holder?.worker === worker) run.holder = undefined;
    },
    renew: (known: boolean, _: Process, by: Claimant) => {
      if (known) this.#leases.set(by.worker, by);
      else this.#gone.delete(by.worker);
    },
    send: (sent: Sent, _: Process, runId: string, message: NewMessage) => {
      const run = this.runs.get(runId);
      if (sent === 'sent') run?.sent.push(message);
      else if (run !== undefined && (sent === 'unknown' || run.ended === undefined))
        this.violate('lost message', `what was sent to ${runId} was refused: ${sent}`, runId);
    },
    complete: (
      completed: Completed,
      _: Process,
      token: string,
      { ok, value }: { ok: boolean; value: string },
    ) => {
      const callback = this.#tokens.get(token);
      if (completed !== 'completed') return;
      if (callback === undefined || callback.used)
        return this.violate('message twice', `${token} was used again`, token);
      callback.used = true;
      this.runs.get(callback.runId)?.sent.push({ kind: 'callback', name: token, ok, value });
    },
    watch: (_answer: unknown, _: Process, runId: string, watcher: string) => {
      const run = this.runs.get(runId);
      if (run === undefined || run.watchers.has(watcher)) return;
      run.watchers.add(watcher);
      if (run.ended !== undefined) this.runs.get(watcher)?.sent.push(endMessage(runId, run.ended));
    },
    load: (run: StoredRun | undefined, _: Process, id: string) => {
      const known = this.runs.get(id)?.events.length;
      if (run?.events.length === known) return;
      this.violate('lost events', `${id} has ${known} events, and ${run?.events.length} were loaded`, id);
    },
  };

  /** A run forgets its end and what it did since. What it had received since is there to be received again. */
  #rewind(run: RunTruth, seq: number): void {
    const events = run.events.splice(1).slice(0, seq - 1);
    run.ended = undefined;
    run.received.clear();
    run.steps.clear();
    run.failed.clear();
    for (const [token, { runId }] of this.#tokens) if (runId === run.id) this.#tokens.delete(token);
    const used = new Set(run.sent.map(({ name }) => name));
    for (const event of events) {
      this.#added(run, event);
      if (event.type === 'callback-created')
        this.#tokens.set(event.token, { runId: run.id, used: used.has(event.token) });
    }
    const keys = new Set(events.map((event) => ('key' in event ? event.key : '')));
    for (const call of this.#calledOnce) {
      const [id, key] = JSON.parse(call) as [string, string];
      if (id === run.id && !keys.has(key)) this.#calledOnce.delete(call);
    }
  }

  /** Only runs that ended before are gone, and whose end nobody may still ask for. */
  #prune({ runs }: Pruned, before: number, by: Process): void {
    const store = this.#stores.of(by);
    const gone = [...this.runs.values()].filter(({ id }) => store.record(id) === undefined);
    if (gone.length !== runs) this.violate('lost run', `${gone.length} runs were removed, not ${runs}`);
    for (const run of gone) {
      this.runs.delete(run.id);
      this.pruned.set(run.id, run);
    }
    for (const { id, ended, watchers } of gone) {
      if (ended === undefined || ended.at >= before)
        this.violate('lost run', `${id} was removed, and ended ${ended?.at ?? 'never'}`, id);
      for (const watcher of watchers)
        if (this.runs.has(watcher) && this.runs.get(watcher)?.ended === undefined)
          this.violate('lost run', `${id} was removed, and ${watcher} may ask for its end`, id, watcher);
    }
  }

  #join(by: Claimant, process: Process): void {
    process.worker = by.worker;
    if (!this.#leases.has(by.worker) && !this.#gone.has(by.worker)) this.#leases.set(by.worker, by);
  }

  #give(run: RunTruth, { token }: Claim, worker: string): void {
    if (token <= run.token)
      this.violate('fencing', `${run.id} was given the token ${token} after ${run.token}`, run.id);
    run.token = Math.max(token, run.token);
    // One that hasn't heard that it was found gone may be unknown to the store, and what it begins is free at once.
    run.holder = this.#gone.has(worker) ? { token, worker, wasFoundGone: true } : { token, worker };
    run.blocked = undefined;
  }

  #claimed(claim: Claim, by: Claimant): void {
    const run = this.runs.get(claim.runId);
    if (run === undefined) return this.violate('lost run', `${claim.runId} was claimed, and isn't there`);
    if (run.ended !== undefined) this.violate('double end', `${run.id} was claimed after its end`, run.id);
    if (run.holder !== undefined && run.holder.worker !== by.worker) {
      if (this.#leases.has(run.holder.worker) && run.holder.wasFoundGone !== true)
        this.violate('fencing', `${run.id} was claimed while ${run.holder.worker} held it`, run.id);
    }
    this.#give(run, claim, by.worker);
  }

  #left(how: string, done: boolean, { runId, token }: Claim): RunTruth | undefined {
    const run = this.runs.get(runId);
    if (!done) return undefined;
    if (run?.holder?.token !== token)
      this.violate('fencing', `${runId} was ${how} with the token ${token}`, runId);
    if (run !== undefined) run.holder = undefined;
    return run;
  }

  #appended({ claim: { runId, token }, seq, events }: Append, isRefused: boolean, by: Process): void {
    const run = this.runs.get(runId);
    const fits = run?.holder?.token === token && run.events.length === seq;
    if (isRefused) {
      // Such a run may be held back, without having been claimed.
      if (fits && run.holder?.wasFoundGone !== true)
        this.violate('lost events', `what ${by.name} wrote to ${runId} was refused`, runId);
      return;
    }
    if (run === undefined)
      return this.violate('lost run', `${by.name} wrote to ${runId}, which isn't there`, runId);
    if (run.holder?.token !== token)
      this.violate(
        'fencing',
        `${by.name} wrote to ${runId} with the token ${token}, not ${run.holder?.token}`,
        runId,
      );
    if (run.events.length !== seq)
      this.violate('journal', `${by.name} wrote at ${seq} of ${runId}, not at ${run.events.length}`, runId);
    for (const event of events) this.#added(run, event);
  }

  #added(run: RunTruth, event: JournalEvent): void {
    const last = run.events.at(-1)!;
    if (run.ended !== undefined)
      this.violate(
        event.type === 'run-ended' ? 'double end' : 'journal',
        `${event.type} after the end of ${run.id}`,
        run.id,
      );
    if (event.at < last.at) this.violate('journal', `time goes back in ${run.id} at ${event.type}`, run.id);
    if ('key' in event && ONCE.includes(event.type)) {
      const name = event.type === 'step' ? event.key : `${event.type} ${event.key}`;
      if (run.steps.has(name))
        this.violate('recorded twice', `${event.type} ${event.key} of ${run.id}`, run.id);
      run.steps.add(name);
    }
    if (event.type === 'attempt-failed') {
      if (event.attempt <= (run.failed.get(event.key) ?? 0))
        this.violate('recorded twice', `attempt ${event.attempt} of ${event.key} of ${run.id}`, run.id);
      run.failed.set(event.key, event.attempt);
    }
    if (event.type === 'received' && event.again !== true) {
      const text = textOf(receivedMessage(event));
      const count = (run.received.get(text) ?? 0) + 1;
      run.received.set(text, count);
      const sent = run.sent.filter((message) => textOf(message) === text).length;
      // The end of another run is for all who ask for it.
      const isEnd = event.channel.startsWith('child:');
      if (sent === 0 || (count > sent && !isEnd))
        this.violate(
          'message twice',
          `${text} was received ${count} times by ${run.id}, and sent ${sent} times`,
          run.id,
        );
    }
    if (event.type === 'callback-created') {
      if (this.#tokens.has(event.token))
        this.violate('journal', `two callbacks have the token ${event.token}`, run.id);
      this.#tokens.set(event.token, { runId: run.id, used: false });
    }
    run.events.push(event);
    if (event.type !== 'run-ended') return;
    run.ended ??= event;
    run.ends.push(event);
    run.holder = undefined;
    for (const watcher of run.watchers) this.runs.get(watcher)?.sent.push(endMessage(run.id, event));
  }

  /**
   * A worker calls a step.
   *
   * @param isUncertain clocks differ, so that a worker may not know that it has lost its runs
   */
  called(by: Process, runId: string, key: string, attempt: number, isUncertain: boolean): void {
    const run = this.runs.get(runId);
    if (run === undefined)
      return this.violate('lost run', `${by.name} calls ${key} of ${runId}, which isn't there`, runId);
    const isRecorded = run.steps.has(key);
    if (!isRecorded && (run.failed.get(key) ?? 0) < attempt && run.ended === undefined) return;
    if (isUncertain && run.holder?.worker !== by.worker) {
      this.excused++;
      return;
    }
    const why = isRecorded
      ? 'was recorded'
      : run.ended === undefined
        ? `was recorded for attempt ${attempt}`
        : 'is of a run that is over';
    this.violate('called again', `${by.name} calls ${key} of ${runId}, which ${why}`, runId);
  }

  /** A worker calls a step that is called at most once. */
  calledOnce(by: Process, runId: string, key: string, attempt: number): void {
    const call = JSON.stringify([runId, key, attempt]);
    if (this.#calledOnce.has(call))
      this.violate('called again', `${by.name} calls ${call}, which is called at most once`, runId);
    this.#calledOnce.add(call);
  }
}

const textOf = ({ kind, name, ok, value }: NewMessage): string => `${kind} ${name} ${ok} ${value}`;
