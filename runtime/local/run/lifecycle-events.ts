/** Reports what this process does with runs, to listeners and to the tracer. What is recorded is reported elsewhere. */

import { LeaseLostError, RuntimeClosedError } from '../../base/errors.ts';
import { awaitsUnrecorded } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import type { Definition } from '../../functions/definition.ts';
import type { CodeVersions } from '../../journal/code-versions.ts';
import type { JournalEvent } from '../../journal/events.ts';
import { placeIn } from '../../journal/mismatch-text.ts';
import { Stock } from '../../journal/stock.ts';
import { readError } from '../../observe/recorded-events.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { statusAfter } from '../../stores/event-effects.ts';
import type { RunRecord, StoredRun } from '../../stores/store.ts';
import type { Ending } from './ending.ts';
import type { RuntimeServices } from './runtime-services.ts';

/** A run that this process drives. */
interface RunHere {
  readonly runId: string;
  readonly definition: Definition;
  readonly services: RuntimeServices;
  readonly trace: RunTrace | undefined;
  readonly code: Pick<CodeVersions, 'changed' | 'older'>;
}

/** A new run is in the store. */
export function reportStarted({ observers }: RuntimeServices, runId: string, fn: string, at: number): void {
  if (observers.wants('run-started')) observers.tell({ type: 'run-started', runId, fn, at });
}

/** This process resumes a run from its journal. Returns the trace that the run's spans belong to. */
export function reportTakenUp(
  { observers, tracing, clock }: RuntimeServices,
  { id: fn }: Definition,
  { record: { id: runId }, events }: StoredRun,
): RunTrace | undefined {
  if (observers.wants('run-taken-up')) {
    observers.tell({ type: 'run-taken-up', runId, fn, at: clock.now(), events: events.length });
  }
  if (tracing === undefined) return undefined;
  const [started] = events;
  const parent = started?.type === 'run-started' ? (started.trace ?? null) : null;
  return tracing.begin({ runId, fn, parent, replayed: events.length });
}

/** A run resumes with other code than it was recorded with. */
export function reportCodeChanged({
  runId,
  definition,
  code,
  services: { observers, clock },
}: RunHere): void {
  if (!observers.wants('code-changed')) return;
  const kept = code.changed.map(({ key }) => key);
  observers.tell({ type: 'code-changed', runId, fn: definition.id, at: clock.now(), kept });
}

/** A run was made that goes on from a step of another one. */
export function reportForked(
  { observers, clock }: RuntimeServices,
  runId: string,
  { id: of, fn }: RunRecord,
  from: string,
): void {
  if (observers.wants('run-forked'))
    observers.tell({ type: 'run-forked', runId, fn, at: clock.now(), of, from });
}

/** A run begins anew in the order of the code that was accepted for it. */
export function reportAccepted(
  { observers, clock }: RuntimeServices,
  runId: string,
  { id: fn }: Definition,
  version: string,
  events: readonly JournalEvent[],
): void {
  if (!observers.wants('code-accepted')) return;
  const recorded = new Stock(events, events.length).outcomes;
  observers.tell({ type: 'code-accepted', runId, fn, at: clock.now(), version, recorded });
}

/** This process stops driving a run. A blocked run is reported later, by `reportBlocked`, when that is recorded. */
export function reportEnding({ runId, definition, trace, services }: RunHere, ending: Ending): void {
  const { observers, clock } = services;
  if (observers.wants('run-parked') && ending.type === 'parked') {
    observers.tell({ type: 'run-parked', runId, fn: definition.id, at: clock.now() });
  }
  if (ending.type === 'stopped') reportStopped(services, runId, definition.id, ending.error);
  if (trace !== undefined) endTrace(trace, definition, ending);
}

/** A run resumes elsewhere, or later. */
export function reportStopped(
  { observers, clock }: RuntimeServices,
  runId: string,
  fn: string,
  error: Error,
): void {
  if (!observers.wants('run-stopped')) return;
  const reason =
    error instanceof LeaseLostError
      ? 'lease-lost'
      : error instanceof RuntimeClosedError
        ? 'closed'
        : 'store-failed';
  observers.tell({ type: 'run-stopped', runId, fn, at: clock.now(), reason, error });
}

/**
 * The code of a run awaits something that no recorded event settles.
 *
 * @param awaits the text of the await, if it is known
 * @param after the key of its last request
 */
export function reportUnrecorded(
  { runId, definition, services: { observers, clock } }: RunHere,
  awaits: string | undefined,
  after: string | undefined,
): void {
  const { id, file, line } = definition.meta;
  const last = after === undefined ? undefined : placeIn(definition)(after);
  emitWarning('USE_DURABLE_UNRECORDED', awaitsUnrecorded(runId, id, `${file}:${line}`, awaits, last));
  if (!observers.wants('run-unrecorded')) return;
  const known = { ...(awaits !== undefined && { awaits }), ...(after !== undefined && { after }) };
  observers.tell({ type: 'run-unrecorded', runId, fn: id, at: clock.now(), ...known });
}

/**
 * A run has ended. Tells of code that no other run executes any more. What the store can't say now isn't told: the end of the run is
 * recorded in any case.
 */
export async function reportFinishedVersions({ runId, code, services }: RunHere): Promise<void> {
  const { observers, clock, manifests } = services;
  if (!observers.wants('version-finished')) return;
  for (const { fn, version } of code.older) {
    try {
      if (await manifests.isInUse(fn, version)) continue;
      const number = await manifests.numberOf(fn, version);
      const known = number === undefined ? {} : { number };
      observers.tell({ type: 'version-finished', runId, fn, at: clock.now(), version, ...known });
    } catch {
      return;
    }
  }
}

/** A run was marked as blocked in the store. */
export function reportBlocked(
  { observers, clock }: RuntimeServices,
  runId: string,
  fn: string,
  error: Error,
): void {
  if (!observers.wants('run-blocked')) return;
  observers.tell({ type: 'run-blocked', runId, fn, at: clock.now(), error });
}

function endTrace(trace: RunTrace, definition: Definition, ending: Ending): void {
  switch (ending.type) {
    case 'parked':
      return trace.end('parked');
    case 'ended': {
      const { value } = ending.outcome;
      const status = statusAfter(ending.outcome);
      if (status === 'failed') trace.end('failed', () => readError(value, definition));
      else trace.end(status === 'completed' ? 'completed' : 'cancelled');
      return;
    }
    default: {
      const { error } = ending;
      // A closed runtime is no failure of the run.
      if (error instanceof RuntimeClosedError) trace.end('stopped');
      else trace.end(ending.type, () => error);
    }
  }
}
