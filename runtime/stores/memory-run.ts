import {
  attributeText,
  type StoredAttribute,
  type StoredAttributes,
  shownAttributes,
} from '../base/attributes.ts';
import type { JournalEvent } from '../journal/events.ts';
import type { KeptAction } from './actions.ts';
import type { Claim, Claimant } from './claims.ts';
import type { CountedCrashes } from './crashes.ts';
import type { Message, RunRecord, RunStatus, Shown } from './store.ts';

/** A run in the memory of this process. */
export interface Run {
  readonly id: string;
  readonly fn: string;
  readonly createdAt: number;
  readonly events: JournalEvent[];
  status: RunStatus;
  reason: string | null;
  /** The last code versions by function, as the events say. */
  readonly codes: Map<string, string>;
  /** When the status was set last; ms since the epoch. */
  changedAt: number;
  token: number;
  /** The worker that holds the run; null if there is none, and then no token is valid. */
  owner: string | null;
  /** For a run without a worker: the time until which it needs none, ms since the epoch. */
  wakeAt: number;
  /** When it was claimed last, ms since the epoch, and with how many events. */
  claimedAt: number;
  claimedWith: number;
  crashes: CountedCrashes;
  readonly messages: Message[];
  readonly attributes: Map<string, StoredAttribute>;
  readonly actions: KeptAction[];
  /** Runs that want to know of its end. */
  readonly watchers: Set<string>;
}

export const recordOf = (run: Run): RunRecord => ({
  id: run.id,
  fn: run.fn,
  status: run.status,
  reason: run.reason,
  createdAt: run.createdAt,
  updatedAt: Math.max(run.changedAt, run.events.at(-1)!.at),
  attributes: shownAttributes(Object.fromEntries(run.attributes)),
});

/** In each status but `running`, no worker holds the run. */
export function setStatus(run: Run, status: RunStatus, reason: string | null, at: number): void {
  run.status = status;
  run.reason = reason;
  run.changedAt = at;
  run.owner = null;
  run.wakeAt = 0;
}

/** From now on a worker has the run. */
export function hold(run: Run, by: Claimant, now: number, crashes: CountedCrashes): Claim {
  run.owner = by.worker;
  run.token += 1;
  run.claimedAt = now;
  run.claimedWith = run.events.length;
  run.crashes = { ...crashes, doing: null };
  return { runId: run.id, token: run.token };
}

/** Whether it has recorded something since it was claimed. */
export const hasProgressed = ({ events, claimedWith }: Run): boolean => events.length > claimedWith;

/** What the run shows has changed. */
export function show(run: Run, { attributes = {} }: Shown): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) run.attributes.delete(name);
    else run.attributes.set(name, value);
  }
}

/** Whether a run has all of these attributes. */
export const hasAttributes = (run: Run, wanted: StoredAttributes): boolean =>
  hasOneOfEach(run, Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, [value]])));

/** Whether a run has each of these attributes, with one of the values. */
export const hasOneOfEach = (
  run: Run,
  wanted: Readonly<Record<string, readonly StoredAttribute[]>>,
): boolean =>
  Object.entries(wanted).every(([name, values]) => {
    const found = run.attributes.get(name);
    return found !== undefined && values.some((value) => attributeText(found) === attributeText(value));
  });
