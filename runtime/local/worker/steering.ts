import { MisuseError } from '../../base/errors.ts';
import {
  acceptHeld,
  acceptNotBlocked,
  acceptOfCancelled,
  acceptOfFork,
  acceptUnknown,
  newRunIdTaken,
  runNotOver,
} from '../../base/messages/runs.ts';
import { findDefinition, versionsOf } from '../../functions/definitions.ts';
import type { CodeAccepted, JournalEvent, RunStarted } from '../../journal/events.ts';
import { again, type ForkOptions, forkOf } from '../../journal/fork.ts';
import { rewind } from '../../journal/rewind.ts';
import { codeOf } from '../../journal/summary.ts';
import type { Action } from '../../stores/actions.ts';
import type { Claim } from '../../stores/claims.ts';
import { hasEnded, type RunRecord, type Store, type StoredRun } from '../../stores/store.ts';
import type { Lease } from '../commit/lease.ts';
import { reportForked } from '../run/lifecycle-events.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import type { System } from '../time/system.ts';
import type { Claiming } from './claiming.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import { createOf, type Origin } from './new-run.ts';
import type { Starting } from './starting.ts';

interface Parts {
  readonly store: Store;
  readonly services: RuntimeServices;
  readonly lease: Lease;
  readonly claiming: Claiming;
  readonly starting: Starting;
  readonly system: System;
  readonly source: HandleSource & { handle(id: string): RunHandle | undefined };
  /** @throws RuntimeClosedError */
  assertOpen(): void;
}

/** What people do with runs that exist: resume them, accept another order of their code, or begin a new one with what they recorded. */
export class Steering {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get #now(): number {
    return this.#parts.services.clock.now();
  }

  /** Accepts another order of the code for a blocked run, and resumes it. */
  async accept(
    { id, fn, status, reason }: RunRecord,
    version: string,
    action: Action | undefined,
  ): Promise<RunHandle> {
    this.#parts.assertOpen();
    if (status !== 'blocked') throw new MisuseError(acceptNotBlocked(id, status));
    const { events = [] } = (await this.#parts.store.load(id)) ?? {};
    if (events.some(({ type }) => type === 'cancel-requested')) throw new MisuseError(acceptOfCancelled(id));
    const [started] = events;
    // Its random values change at a place of the recorded order, which another order doesn't have.
    const fork = started?.type === 'run-started' ? started.forks?.at(-1) : undefined;
    if (fork !== undefined) throw new MisuseError(acceptOfFork(id, fork.of));
    const fns = new Set([fn, ...codeOf(events).keys()]);
    if (!(reason?.includes(`'${version}'`) || (await this.#isKnown(fns, version))))
      throw new MisuseError(acceptUnknown(id, version, loadedVersions(fns)));
    const claim = await this.#parts.claiming.one(id, 'anew', (claimed) => claimed);
    if (claim === undefined) throw new MisuseError(acceptHeld(id));
    const at = Math.max(this.#now, events.at(-1)?.at ?? 0);
    const accepted: CodeAccepted = { type: 'accepted', version, at };
    const refused = await this.#parts.claiming.sure(() =>
      this.#parts.store.append([
        { claim, seq: events.length, events: [accepted], ...(action && { action }) },
      ]),
    );
    if (refused.length === 0) return this.#goOn(claim, fn);
    await this.#parts.store.park(claim, 0, 0);
    throw new MisuseError(acceptHeld(id));
  }

  /** Whether this process has loaded a version of one of these functions, or a worker has recorded runs with it. */
  async #isKnown(fns: Iterable<string>, version: string): Promise<boolean> {
    const { manifests } = this.#parts.services;
    for (const fn of fns)
      if (loadedVersions([fn]).includes(version) || (await manifests.find(fn, version)) !== undefined)
        return true;
    return false;
  }

  /** Starts a run that goes on from a step of another one. */
  async fork(
    { record, events }: StoredRun,
    options: ForkOptions & { readonly id: string },
    action: Action | undefined,
  ): Promise<RunHandle> {
    const begun = forkOf(record.id, events, options, this.#parts.system.random(32), this.#now);
    const handle = await this.#create(options.id, record.fn, begun, { runId: record.id, action });
    reportForked(this.#parts.services, options.id, record, options.from);
    return handle;
  }

  /** Starts a run whose function isn't loaded here, with the input of another one. */
  again(
    { record, events }: StoredRun,
    id: string,
    by: string | undefined,
    action: Action | undefined,
  ): Promise<RunHandle> {
    const begun = again(events, this.#parts.system.random(32), this.#now, by);
    return this.#create(id, record.fn, begun, { runId: record.id, action });
  }

  /** Makes a run that may have more than its first event. */
  async #create(
    id: string,
    fn: string,
    events: readonly [RunStarted, ...JournalEvent[]],
    origin: Origin,
  ): Promise<RunHandle> {
    this.#parts.assertOpen();
    const { store, lease, claiming } = this.#parts;
    if (!lease.held) await lease.renew();
    lease.assertHeld();
    const claim = await claiming.sure(() => createOf(store, lease.claimant(), id, events, origin));
    if (claim === null) throw new MisuseError(newRunIdTaken(id));
    return this.#goOn(claim, fn);
  }

  /** Resumes a run here, or leaves it to the workers that have loaded its function. */
  #goOn(claim: Claim, fn: string): Promise<RunHandle> {
    return findDefinition(fn) === undefined
      ? this.#parts.starting.postpone(claim)
      : this.#parts.starting.resumeOrPostpone(claim);
  }

  /** Resumes a blocked run, or one that has ended, from before its failure. */
  async resume(record: RunRecord, forget: boolean, action: Action | undefined): Promise<RunHandle> {
    this.#parts.assertOpen();
    const { id, fn, status } = record;
    const live = this.#parts.source.handle(id);
    if (live !== undefined) return live;
    if (!hasEnded(status)) {
      if (action !== undefined) await this.#parts.store.act(id, action);
      return this.#parts.claiming.one(id, 'anew', (claim) =>
        claim === undefined ? new RunHandle(id, this.#parts.source) : this.#goOn(claim, fn),
      );
    }
    const run = await this.#parts.store.load(id);
    if (run === undefined) throw new MisuseError(runNotOver(id));
    const rewound = { seq: rewind(id, run.events, this.#now, forget), token: run.token };
    const claim = await this.#parts.claiming.sure(() =>
      this.#parts.store.reopen(id, rewound, this.#parts.lease.claimant(), action),
    );
    if (claim === null) throw new MisuseError(runNotOver(id));
    return this.#goOn(claim, fn);
  }
}

/** The code versions of functions that this process has loaded. */
const loadedVersions = (fns: Iterable<string>): readonly string[] =>
  [...fns].flatMap((fn) => versionsOf(fn).flatMap(({ meta }) => meta.version ?? []));
