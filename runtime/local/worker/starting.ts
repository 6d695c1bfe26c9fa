import type { StoredAttributes } from '../../base/attributes.ts';
import {
  MisuseError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  storeError,
} from '../../base/errors.ts';
import { newRunIdTaken, runRemovedMeanwhile } from '../../base/messages/runs.ts';
import type { Definition } from '../../functions/definition.ts';
import { findDefinition, isOf, unknownFunction } from '../../functions/definitions.ts';
import { JOURNAL_VERSION, type RunStarted } from '../../journal/events.ts';
import type { ChildRequest, Outcome, Until } from '../../port/backend.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { DONE, failure } from '../../run/outcome.ts';
import type { Claim } from '../../stores/claims.ts';
import { hasEnded, type Store } from '../../stores/store.ts';
import type { Lease } from '../commit/lease.ts';
import { assertFits } from '../commit/sizes.ts';
import { reportStarted } from '../run/lifecycle-events.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { andThen } from '../time/deferred.ts';
import type { System } from '../time/system.ts';
import type { Audit } from './audit.ts';
import type { Claiming } from './claiming.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import type { LiveRuns } from './live-runs.ts';
import { createOf, type Origin } from './new-run.ts';

/** A run that is to be started. */
export interface StartRequest {
  readonly id: string;
  readonly definition: Definition;
  readonly input: () => string | Promise<string>;
  readonly until: Until | undefined;
  readonly attributes?: StoredAttributes | undefined;
  /** Who starts it; undefined where nobody said so. */
  readonly by?: string | undefined;
  /** The run that waits for it. */
  readonly watcher?: string;
  /** The run that it repeats: it must be a new one. Undefined where one with this id may be there. */
  readonly origin?: Origin | undefined;
  /** Begins before the call returns, as a plain function does, and is not created in one transaction with other runs. */
  readonly atOnce: boolean;
  /** A schedule starts it, so it belongs to no trace that happens to be active. */
  readonly apart?: boolean;
}

interface StartingParts {
  readonly store: Store;
  readonly services: RuntimeServices;
  readonly lease: Lease;
  readonly claiming: Claiming;
  readonly runs: LiveRuns;
  readonly dispatcher: Dispatcher;
  readonly source: HandleSource;
  readonly system: System;
  readonly audit: Audit;
  assertOpen(): void;
  deliverMail(): Promise<void>;
}

/** Starts runs, or finds those that exist. */
export class Starting {
  readonly #parts: StartingParts;
  /** Runs that are being created or loaded, so that two calls in one tick create one run. */
  readonly #opening = new Map<string, Promise<RunHandle>>();

  constructor(parts: StartingParts) {
    this.#parts = parts;
  }

  get #store(): Store {
    return this.#parts.store;
  }

  opening(): Iterable<string> {
    return this.#opening.keys();
  }

  isOpening(id: string): boolean {
    return this.#opening.has(id);
  }

  /** Resolves when no run is being created or loaded. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
  }

  /**
   * Starts a run, or returns the handle of the run with this id. Throws or rejects as `Runtime.start`. Synchronous up to the
   * launch if the run begins at once and the store is synchronous.
   */
  start(request: StartRequest): Promise<RunHandle> | RunHandle {
    this.#parts.assertOpen();
    const { id, definition, origin } = request;
    const live = this.#parts.runs.get(id);
    if (live !== undefined) {
      if (origin !== undefined) throw new MisuseError(newRunIdTaken(id));
      assertSame(id, live.execution.definition.id, definition);
      return live.handle;
    }
    const opening = this.#opening.get(id);
    if (opening !== undefined) {
      const again = (): Promise<RunHandle> | RunHandle => this.start(request);
      return opening.then(again, again);
    }
    const handle = this.#create(request);
    if (handle instanceof RunHandle) return handle;
    const done = handle.finally(() => this.#opening.delete(id));
    this.#opening.set(id, done);
    return done;
  }

  #create(request: StartRequest): Promise<RunHandle> | RunHandle {
    // After a long pause of the process the lease may be lost: a run would be created by a worker that is gone.
    if (!this.#parts.lease.held) {
      return this.#parts.lease.renew().then(() => {
        this.#parts.lease.assertHeld();
        return this.#create(request);
      });
    }
    const { id, definition, input: encodeInput, atOnce, origin } = request;
    const { services, lease, claiming } = this.#parts;
    return andThen(encodeInput(), (input) => {
      assertFits(this.#store, `arguments of "${definition.id}"`, input);
      const at = services.clock.now();
      const parent = request.apart ? null : undefined;
      const trace = services.tracing?.begin({ runId: id, fn: definition.id, parent });
      const started = this.#startedEvent(request, input, at, trace);
      const create = (): Claim | null | Promise<Claim | null> => {
        if (origin !== undefined) return createOf(this.#store, lease.claimant(), id, [started], origin);
        if (atOnce) return this.#store.create(id, started, lease.claimant());
        return services.commits.create(id, started, request.watcher);
      };
      const created = andThen(services.manifests.keep(definition), () => claiming.sure(create));
      return andThen(created, (claim) => {
        if (claim !== null) return this.#launch(claim, definition, started, trace);
        if (origin !== undefined) throw new MisuseError(newRunIdTaken(id));
        return this.#join(id, definition);
      });
    });
  }

  #startedEvent(
    { definition, until, by, attributes = {} }: StartRequest,
    input: string,
    at: number,
    trace: RunTrace | undefined,
  ): RunStarted {
    const { version } = definition.meta;
    return {
      type: 'run-started',
      version: JOURNAL_VERSION,
      fn: definition.id,
      input,
      seed: this.#parts.system.random(32),
      at,
      ...(by !== undefined && { by }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(trace?.origin && { trace: trace.origin }),
      ...(version !== undefined && { code: { [definition.id]: version } }),
      ...(until !== undefined && { deadline: until(at) }),
    };
  }

  /** A run was created. */
  #launch(
    claim: Claim,
    definition: Definition,
    started: RunStarted,
    trace: RunTrace | undefined,
  ): Promise<RunHandle> | RunHandle {
    const { services, runs } = this.#parts;
    reportStarted(services, claim.runId, definition.id, started.at);
    this.#parts.audit.started(claim.runId, definition.id, started.at, started.by);
    if (runs.room <= 0) {
      trace?.end('parked');
      return this.postpone(claim);
    }
    return runs.launch(claim, definition, { events: [started], messages: [], code: undefined }, trace);
  }

  /** Leaves a run in the store until a worker has room for it. */
  async postpone(claim: Claim): Promise<RunHandle> {
    await this.#parts.claiming.sure(() => this.#store.park(claim, 0, 0));
    this.#parts.dispatcher.wait();
    return new RunHandle(claim.runId, this.#parts.source);
  }

  async startChild({ id, fn, input }: ChildRequest, parent: string): Promise<Outcome> {
    const definition = findDefinition(fn);
    if (definition === undefined) return failure(unknownFunction(id, fn));
    try {
      const started = { id, definition, input: () => input, until: undefined, atOnce: false };
      await this.start({ ...started, watcher: parent });
      // Of one that was there already.
      await this.#store.watch(id, parent);
      await this.#parts.deliverMail();
      return DONE;
    } catch (error) {
      if (isAnswer(error)) return failure(error as Error);
      // The parent run can't receive this error. It repeats the request when it is resumed.
      throw error instanceof RuntimeClosedError ? error : storeError(this.#store.name, error);
    }
  }

  /** The run exists already. */
  async #join(id: string, definition: Definition): Promise<RunHandle> {
    const record = await this.#store.record(id);
    if (record === undefined) throw new MisuseError(runRemovedMeanwhile(id));
    if (!isOf(record.fn, definition)) await this.#parts.services.manifests.renames.learn();
    assertSame(id, record.fn, definition);
    if (hasEnded(record.status)) return new RunHandle(id, this.#parts.source);
    const stranded = this.#parts.runs.failureRetries.take(id);
    if (stranded !== undefined) return this.resumeOrPostpone(stranded);
    return this.#parts.claiming.one(id, 'at all', (claim) =>
      claim === undefined ? new RunHandle(id, this.#parts.source) : this.resumeOrPostpone(claim),
    );
  }

  resumeOrPostpone(claim: Claim): Promise<RunHandle> {
    return this.#parts.runs.room <= 0 ? this.postpone(claim) : this.#parts.runs.resume(claim);
  }
}

/** Errors that a run receives when it starts another run. */
const isAnswer = (error: unknown): boolean =>
  error instanceof RunConflictError || error instanceof MisuseError || error instanceof SerializationError;

function assertSame(id: string, existing: string, requested: Definition): void {
  if (!isOf(existing, requested)) throw new RunConflictError(id, existing, requested.id);
}
