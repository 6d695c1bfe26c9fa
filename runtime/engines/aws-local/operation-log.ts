/**
 * The operations of one execution, kept as the service keeps them. Pure: updates and times are its input, and its contents are
 * plain data.
 */

import { UnsupportedError } from '../../base/errors.ts';
import {
  heartbeatUnsupported,
  operationEnded,
  operationIs,
  updateMismatch,
  updateUnsupported,
  updateWithoutId,
} from '../../base/messages/aws.ts';
import type { ErrorObject, OperationUpdate, WireOperation } from '../aws-lambda/sdk.ts';

/** What is kept of one operation; its timestamps are ms since the epoch, so that JSON carries it. */
export interface Entry {
  readonly id: string;
  readonly type: NonNullable<WireOperation['Type']>;
  readonly name?: string | undefined;
  readonly subType?: string | undefined;
  readonly parentId?: string | undefined;
  readonly status: NonNullable<WireOperation['Status']>;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** When something happens by itself: a wait is over, a retry is due, a callback is too late. */
  readonly due?: number;
  readonly attempt?: number;
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
  readonly callbackId?: string;
  /** The function that an invocation is of, and its event. */
  readonly target?: string | undefined;
  readonly payload?: string | undefined;
  readonly replayChildren?: boolean | undefined;
}

const SECOND = 1000;

export class Book {
  readonly #entries = new Map<string, Entry>();

  /** Takes over entries that were kept; later ones replace earlier ones with their id. */
  restore(entries: readonly Entry[]): void {
    for (const entry of entries) this.#entries.set(entry.id, entry);
  }

  /**
   * Applies the updates of a checkpoint.
   *
   * @param token makes the token of a callback
   * @throws Error if an update doesn't fit the operations; nothing has changed then
   */
  apply(updates: readonly OperationUpdate[], now: number, token: (id: string) => string): readonly Entry[] {
    const changed = new Map<string, Entry>();
    for (const given of updates) {
      // The SDK makes up an id for what it says of the execution itself: a result too large to be returned.
      const execution = given.Type === 'EXECUTION' ? this.execution : undefined;
      const update = execution === undefined ? given : { ...given, Id: execution.id };
      const id = update.Id ?? '';
      const before = changed.get(id) ?? this.#entries.get(id);
      changed.set(id, next(before, update, now, token));
    }
    const entries = [...changed.values()];
    this.restore(entries);
    return entries;
  }

  /** What has happened by itself until now. */
  advance(now: number): readonly Entry[] {
    const changed: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.due === undefined || entry.due > now) continue;
      const { due, ...rest } = entry;
      if (entry.type === 'STEP') changed.push({ ...rest, status: 'READY' });
      else changed.push({ ...rest, endedAt: due, status: entry.type === 'WAIT' ? 'SUCCEEDED' : 'TIMED_OUT' });
    }
    this.restore(changed);
    return changed;
  }

  /** When the next thing happens by itself. */
  get due(): number | undefined {
    let due: number | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.due !== undefined && !(due !== undefined && due <= entry.due)) due = entry.due;
    }
    return due;
  }

  /** The end of a callback or of an invocation; undefined if it has ended already, or never was. */
  end(
    id: string,
    outcome: { result?: string | undefined; error?: ErrorObject },
    now: number,
  ): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry?.status !== 'STARTED') return undefined;
    const { due, ...rest } = entry;
    const status = outcome.error === undefined ? 'SUCCEEDED' : 'FAILED';
    const ended: Entry = { ...rest, ...outcome, status, endedAt: now };
    this.restore([ended]);
    return ended;
  }

  /** Invocations of other functions that have not ended. */
  get invocations(): readonly Entry[] {
    return [...this.#entries.values()].filter(
      ({ type, status }) => type === 'CHAINED_INVOKE' && status === 'STARTED',
    );
  }

  /** A callback has not ended. */
  get awaitsCallbacks(): boolean {
    return this.entries.some(({ type, status }) => type === 'CALLBACK' && status === 'STARTED');
  }

  get execution(): Entry | undefined {
    return this.entries.find(({ type }) => type === 'EXECUTION');
  }

  withCallback(token: string): Entry | undefined {
    return [...this.#entries.values()].find(({ callbackId }) => callbackId === token);
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** In the format of the service. */
  get operations(): WireOperation[] {
    return [...this.#entries.values()].map(toWire);
  }
}

function next(
  before: Entry | undefined,
  update: OperationUpdate,
  now: number,
  token: (id: string) => string,
): Entry {
  const { Id: id, Type: type, Action: action } = update;
  if (id === undefined || type === undefined) throw misfit(update, updateWithoutId());
  if (before !== undefined && before.type !== type) throw misfit(update, operationIs(`a ${before.type}`));
  if (before?.endedAt !== undefined) throw misfit(update, operationEnded(before.status));
  const { due, ...entry }: Entry = before ?? {
    id,
    type,
    name: update.Name,
    subType: update.SubType,
    parentId: update.ParentId,
    status: 'STARTED',
    startedAt: now,
  };
  switch (action) {
    case 'START':
      if (before !== undefined && before.status !== 'READY') throw misfit(update, operationIs(before.status));
      return begin({ ...entry, status: 'STARTED' }, update, now, token);
    case 'RETRY': {
      const seconds = update.StepOptions?.NextAttemptDelaySeconds ?? 1;
      const attempt = (entry.attempt ?? 0) + 1;
      // What waits for a condition keeps its state there.
      const { Payload: result, Error: error } = update;
      return { ...entry, status: 'PENDING', attempt, result, error, due: now + seconds * SECOND };
    }
    case 'SUCCEED':
    case 'FAIL': {
      const status = action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
      const { Payload: result, Error: error, ContextOptions } = update;
      const replayChildren = ContextOptions?.ReplayChildren ?? entry.replayChildren;
      const ended = { ...entry, status, endedAt: now, result, error, replayChildren } as const;
      // The attempt that ended counts as well.
      return type === 'STEP' ? { ...ended, attempt: (entry.attempt ?? 0) + 1 } : ended;
    }
    default:
      throw misfit(update, updateUnsupported());
  }
}

function begin(entry: Entry, update: OperationUpdate, now: number, token: (id: string) => string): Entry {
  switch (entry.type) {
    case 'WAIT':
      return { ...entry, due: now + (update.WaitOptions?.WaitSeconds ?? 0) * SECOND };
    case 'CALLBACK': {
      const { TimeoutSeconds: seconds, HeartbeatTimeoutSeconds: heartbeat } = update.CallbackOptions ?? {};
      if (heartbeat !== undefined) {
        throw new UnsupportedError(heartbeatUnsupported());
      }
      const callbackId = token(entry.id);
      return { ...entry, callbackId, ...(seconds !== undefined && { due: now + seconds * SECOND }) };
    }
    case 'CHAINED_INVOKE':
      return { ...entry, target: update.ChainedInvokeOptions?.FunctionName, payload: update.Payload };
    default:
      return { ...entry, replayChildren: update.ContextOptions?.ReplayChildren };
  }
}

const misfit = ({ Action, Type, Name }: OperationUpdate, why: string): Error =>
  new Error(updateMismatch(Action, Type, Name, why));

function toWire(entry: Entry): WireOperation {
  const { id, parentId, name, type, subType, status, startedAt, endedAt, due, attempt, result, error } =
    entry;
  const details = { Result: result, Error: error };
  return {
    Id: id,
    ParentId: parentId,
    Name: name,
    Type: type,
    SubType: subType,
    Status: status,
    StartTimestamp: new Date(startedAt),
    ...(endedAt !== undefined && { EndTimestamp: new Date(endedAt) }),
    ...(type === 'EXECUTION' && { ExecutionDetails: { InputPayload: entry.payload } }),
    ...(type === 'STEP' && {
      StepDetails: {
        ...details,
        Attempt: attempt ?? 0,
        ...(due !== undefined && { NextAttemptTimestamp: new Date(due) }),
      },
    }),
    ...(type === 'CONTEXT' && { ContextDetails: { ...details, ReplayChildren: entry.replayChildren } }),
    ...(type === 'WAIT' && { WaitDetails: { ScheduledEndTimestamp: new Date(due ?? endedAt ?? startedAt) } }),
    ...(type === 'CALLBACK' && { CallbackDetails: { ...details, CallbackId: entry.callbackId } }),
    ...(type === 'CHAINED_INVOKE' && { ChainedInvokeDetails: details }),
  };
}
