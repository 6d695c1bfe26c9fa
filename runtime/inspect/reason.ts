import type { Standing } from '../stores/inspect-source.ts';
import type { Message, RunRecord } from '../stores/store.ts';
import type { Way } from './actions.ts';
import type { SourcePlace } from './places.ts';

/**
 * What keeps a run from going on:
 * - `sleep`, `signal`, `callback`, `child`: it waits;
 * - `retry`: for the next attempt of a step that failed;
 * - `step`: a step is under way, as far as is known;
 * - `worker`: it is due, and no worker has taken it up;
 * - `worker-gone`: its worker has ended, and no other one has noticed yet;
 * - `worker-stopped`: the process of its worker doesn't execute;
 * - `held-back`: after crashes of its workers;
 * - `blocked`: no worker can resume it;
 * - `ended`: nothing.
 */
export type ReasonKind =
  | 'sleep'
  | 'signal'
  | 'callback'
  | 'child'
  | 'retry'
  | 'step'
  | 'worker'
  | 'worker-gone'
  | 'worker-stopped'
  | 'held-back'
  | 'blocked'
  | 'ended';

/** One thing that a run waits for. Times are ms since the epoch. */
export interface Reason {
  readonly kind: ReasonKind;
  /** One sentence. */
  readonly text: string;
  readonly key?: string;
  /** The call as it is written. */
  readonly title?: string;
  readonly place?: SourcePlace;
  /** The journal doesn't say this: by the code it is one of the places at which the run may be. */
  readonly byCode?: true;
  readonly since?: number;
  readonly until?: number;
  /** The name of the signal, the id of the other run. */
  readonly name?: string;
  /** Of a callback. */
  readonly token?: string;
  /** Of a step that is tried again: the attempts that failed, and the encoded error of the last one. */
  readonly attempts?: number;
  readonly error?: string;
  /** What would end it. */
  readonly ways: readonly Way[];
}

/** What the store knows besides the journal. */
export interface Facts {
  /** ms since the epoch. */
  readonly now: number;
  readonly standing: Standing | undefined;
  /** How many workers are alive. */
  readonly workers: number;
  /** The runs that it waits for, as far as they are known. */
  readonly others: readonly RunRecord[];
  /** What it was sent and has not received. */
  readonly messages: readonly Message[];
}
