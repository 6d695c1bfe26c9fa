/** A store that ends with its process: for tests and for trying things out. */

import { checkAttributes } from '../base/attributes.ts';
import { MisuseError } from '../base/errors.ts';
import { memoryStoreHasNoFile } from '../base/messages/stores.ts';
import type { JournalEvent, RunEnded, RunStarted } from '../journal/events.ts';
import { codeOf } from '../journal/summary.ts';
import type { Outcome } from '../port/backend.ts';
import type { Action, ActionFilter, KeptAction } from './actions.ts';
import type { Claim, Claimant, ClaimWish } from './claims.ts';
import { NO_CRASHES } from './crashes.ts';
import { endMessage, isPlainAppend, startedBy, statusAfter } from './event-effects.ts';
import type { InspectSource } from './inspect-source.ts';
import { processView, type WorkersView } from './liveness.ts';
import { MemoryActions } from './memory-actions.ts';
import { MemoryClaims } from './memory-claims.ts';
import { codeInUse } from './memory-codes.ts';
import { MemoryMail } from './memory-mail.ts';
import { pruneRuns } from './memory-pruning.ts';
import { hasAttributes, hasProgressed, hold, type Run, recordOf, setStatus, show } from './memory-run.ts';
import { MemorySource } from './memory-source.ts';
import {
  type AddressedMessage,
  type Append,
  type CodeInUse,
  type Completed,
  hasEnded,
  type ListFilter,
  type LoadedRun,
  type NewMessage,
  OUR_LIMITS,
  type Pruned,
  type RunRecord,
  type Sent,
  type Store,
} from './store.ts';
import { closed, unknownCursor } from './store-errors.ts';

/** A store in the memory of this process. */
export function memoryStore(): Store {
  return memoryStoreSeenBy(processView);
}

/** @param view the workers that its callers see */
export const memoryStoreSeenBy = (view: WorkersView): Store => new MemoryStore(view);

class MemoryStore implements Store {
  readonly name = 'memory:';
  readonly limits = OUR_LIMITS;
  /** In the order of creation. */
  readonly #runs = new Map<string, Run>();
  readonly #settings = new Map<string, string>();
  readonly #view: WorkersView;
  readonly #claims: MemoryClaims;
  readonly #mail: MemoryMail;
  readonly #actions: MemoryActions;
  #closed = false;

  constructor(view: WorkersView) {
    this.#view = view;
    this.#claims = new MemoryClaims(this.#runs, view);
    this.#mail = new MemoryMail(this.#runs);
    this.#actions = new MemoryActions(this.#runs);
  }

  /** Nothing that is done here fails halfway. */
  together(work: () => void): void {
    this.#check();
    work();
  }

  create(id: string, started: RunStarted, by: Claimant, watcher?: string): Claim | null {
    this.#check();
    if (this.#runs.has(id)) return null;
    this.#claims.join(by);
    this.#runs.set(id, {
      id,
      fn: started.fn,
      createdAt: started.at,
      events: [started],
      codes: new Map(Object.entries(started.code ?? {})),
      status: 'running',
      reason: null,
      changedAt: started.at,
      token: 1,
      owner: by.worker,
      wakeAt: 0,
      claimedAt: this.#view.now(),
      claimedWith: 1,
      crashes: NO_CRASHES,
      messages: [],
      attributes: new Map(Object.entries(started.attributes ?? {})),
      actions: [],
      watchers: new Set(watcher === undefined ? [] : [watcher]),
    });
    this.#actions.keep(id, startedBy(started));
    return { runId: id, token: 1 };
  }

  append(batch: readonly Append[]): readonly string[] {
    this.#check();
    const refused: string[] = [];
    for (const { claim, seq, events, shown, action } of batch) {
      const run = this.#held(claim);
      if (run === undefined || run.events.length !== seq) {
        refused.push(claim.runId);
        continue;
      }
      if (shown !== undefined) show(run, shown);
      this.#actions.keep(run.id, action);
      // Not spread: an append may hold more events than a call takes arguments.
      for (const event of events) {
        run.events.push(event);
        if (!isPlainAppend(event)) this.#apply(run, event);
      }
    }
    return refused;
  }

  reopen(
    id: string,
    { seq, token }: { readonly seq: number; readonly token: number },
    by: Claimant,
    action?: Action,
  ): Claim | null {
    this.#check();
    const run = this.#runs.get(id);
    if (run === undefined || !hasEnded(run.status) || run.token !== token) return null;
    this.#claims.join(by);
    const undone = run.events.splice(seq);
    run.codes.clear();
    for (const [fn, code] of codeOf(run.events)) run.codes.set(fn, code);
    setStatus(run, 'running', null, this.#view.now());
    hold(run, by, this.#view.now(), NO_CRASHES);
    this.#mail.rewind(run, undone);
    this.#actions.keep(id, action);
    return { runId: id, token: run.token };
  }

  prune(before: number, rows: number): Pruned {
    this.#check();
    const pruned = pruneRuns(this.#runs, before, rows);
    this.#mail.forgetCallbacksOf(pruned.gone);
    return { runs: pruned.gone.size, done: pruned.done };
  }

  send(runId: string, message: NewMessage, action?: Action): Sent {
    this.#check();
    const sent = this.#mail.send(runId, message);
    if (sent === 'sent') this.#actions.keep(runId, action);
    return sent;
  }

  complete(token: string, outcome: Outcome, now: number, action?: Action): Completed {
    this.#check();
    const completed = this.#mail.complete(token, outcome, now);
    if (completed === 'completed') this.#actions.keep(this.#mail.runOf(token), action);
    return completed;
  }

  watch(runId: string, watcher: string): void {
    this.#check();
    this.#mail.watch(runId, watcher);
  }

  messages(worker: string, after: number): { messages: readonly AddressedMessage[]; last: number } {
    this.#check();
    return this.#mail.of(worker, after);
  }

  block(claim: Claim, reason: string, crashLoop = false): boolean {
    this.#check();
    const run = this.#held(claim);
    if (run === undefined) return false;
    setStatus(run, 'blocked', reason, this.#view.now());
    run.crashes = crashLoop ? { ...run.crashes, count: Math.max(run.crashes.count, 1) } : NO_CRASHES;
    return true;
  }

  load(id: string): LoadedRun | undefined {
    this.#check();
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    return { record: recordOf(run), events: [...run.events], messages: [...run.messages], token: run.token };
  }

  runOf(token: string): string | undefined {
    this.#check();
    return this.#mail.runOf(token);
  }

  ended(id: string): RunEnded | undefined {
    this.#check();
    const last = this.#runs.get(id)?.events.at(-1);
    return last?.type === 'run-ended' ? last : undefined;
  }

  record(id: string): RunRecord | undefined {
    this.#check();
    const run = this.#runs.get(id);
    return run && recordOf(run);
  }

  claim(by: Claimant, wish: ClaimWish = {}): readonly Claim[] {
    this.#check();
    return this.#claims.claim(by, wish);
  }

  note(claim: Claim, doing: string): void {
    this.#check();
    const run = this.#held(claim);
    if (run !== undefined) run.crashes = { ...run.crashes, doing };
  }

  clear(claims: readonly Claim[]): void {
    this.#check();
    for (const claim of claims) {
      const run = this.#held(claim);
      if (run !== undefined) run.crashes = NO_CRASHES;
    }
  }

  waiting(fns: readonly string[], now: number): readonly string[] {
    this.#check();
    return this.#claims.waiting(fns, now);
  }

  park(claim: Claim, until: number, seen: number): boolean {
    this.#check();
    const run = this.#held(claim);
    if (run === undefined) return false;
    run.owner = null;
    run.wakeAt = run.messages.some(({ seq }) => seq > seen) ? 0 : until;
    // A run that only waits is not the reason of crashes; one that waits for room may be.
    if (until !== 0 || hasProgressed(run)) run.crashes = NO_CRASHES;
    return true;
  }

  nextDue(fns: readonly string[]): number | undefined {
    this.#check();
    let due: number | undefined;
    for (const { status, owner, wakeAt, fn } of this.#runs.values()) {
      const parked = status === 'running' && owner === null && fns.includes(fn);
      if (parked && !(due !== undefined && due <= wakeAt)) due = wakeAt;
    }
    return due;
  }

  setting(key: string): string | undefined {
    this.#check();
    return this.#settings.get(key);
  }

  swap(key: string, before: string | undefined, after: string): boolean {
    if (this.setting(key) !== before) return false;
    this.#settings.set(key, after);
    return true;
  }

  renew(by: Claimant, wasBlocked = false): boolean {
    this.#check();
    return this.#claims.renew(by, wasBlocked);
  }

  release(worker: string): void {
    this.#check();
    this.#claims.release(worker);
  }

  list({ status, fn, limit = 100, cursor, attributes = {} }: ListFilter = {}): readonly RunRecord[] {
    this.#check();
    if (cursor !== undefined && !this.#runs.has(cursor)) throw unknownCursor(cursor);
    const records: RunRecord[] = [];
    const wanted = checkAttributes('list', attributes);
    const fns = typeof fn === 'string' ? [fn] : fn;
    let started = cursor === undefined;
    for (const run of this.#runs.values()) {
      if (records.length >= limit) break;
      const fits = (status ?? run.status) === run.status && (fns?.includes(run.fn) ?? true);
      const isWanted = fits && hasAttributes(run, wanted);
      if (started && isWanted) records.push(recordOf(run));
      started ||= run.id === cursor;
    }
    return records;
  }

  act(runId: string | undefined, action: Action): void {
    this.#check();
    this.#actions.keep(runId, action);
  }

  actions(filter: ActionFilter): readonly KeptAction[] {
    this.#check();
    return this.#actions.list(filter);
  }

  codeInUse(): readonly CodeInUse[] {
    this.#check();
    return codeInUse(this.#runs.values());
  }

  isInUse(fn: string, code: string): boolean {
    this.#check();
    return codeInUse(this.#runs.values()).some((one) => one.fn === fn && one.code === code);
  }

  inspect(): InspectSource {
    return new MemorySource({
      runs: this.#runs,
      settings: this.#settings,
      workers: this.#claims.workers,
      load: (id) => this.load(id),
    });
  }

  async backup(): Promise<void> {
    throw new MisuseError(memoryStoreHasNoFile());
  }

  close(): void {
    this.#closed = true;
    this.#runs.clear();
    this.#mail.clear();
  }

  /** What an event changes besides the journal. */
  #apply(run: Run, event: JournalEvent): void {
    for (const [fn, code] of Object.entries(event.code ?? {})) run.codes.set(fn, code);
    if (event.type === 'callback-created') {
      this.#mail.addCallback(run.id, event);
    } else if (event.type === 'run-ended') {
      setStatus(run, statusAfter(event), null, event.at);
      // One that failed may be resumed, and then takes what it was sent.
      if (event.ok) run.messages.length = 0;
      for (const watcher of run.watchers) this.#mail.send(watcher, endMessage(run.id, event));
    } else if ('message' in event) {
      const index = run.messages.findIndex(({ seq }) => seq === event.message);
      if (index !== -1) run.messages.splice(index, 1);
    }
  }

  #check(): void {
    if (this.#closed) throw closed(this.name);
  }

  #held({ runId, token }: Claim): Run | undefined {
    const run = this.#runs.get(runId);
    return run !== undefined && run.owner !== null && run.token === token ? run : undefined;
  }
}
