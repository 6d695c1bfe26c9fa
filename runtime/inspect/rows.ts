import type { SiteKind } from '../functions/manifest.ts';
import type { SourcePlace } from './places.ts';
import type { State } from './states.ts';

/** An encoded value of a journal. */
export interface RecordedText {
  /** Characters. */
  readonly size: number;
  /** Undefined where it is larger than what was asked for. */
  readonly text?: string;
}

export const recordedText = (text: string, largest: number): RecordedText =>
  text.length > largest ? { size: text.length } : { size: text.length, text };

/** One attempt of a step. */
export interface Attempt {
  readonly number: number;
  /** Undefined where its beginning isn't recorded. */
  readonly startedAt?: number;
  /** Undefined for one that is under way, or was when its worker died. */
  readonly endedAt?: number;
  /** The encoded error. */
  readonly error?: RecordedText;
  readonly worker: string;
  /** When the next one is due. */
  readonly nextAt?: number;
}

/** What was recorded under one key, or a scope around some keys. Times are ms since the epoch. */
export interface TimelineRow {
  readonly key: string;
  /** `scope`: a closure, or a durable function that is called as a part of this one; its rows have it as `parent`. */
  readonly kind: SiteKind | 'await' | 'scope';
  /** The call as it is written. */
  readonly title: string;
  /** What the author calls it. */
  readonly label?: string;
  /** The durable function that has the site; undefined where it isn't known. */
  readonly fn?: string;
  readonly place?: SourcePlace;
  readonly state: State;
  /**
   * When it began. Undefined where the journal doesn't say it: of a wait for a signal without a time limit only the end is
   * recorded.
   */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly attempts: readonly Attempt[];
  /** Until when it waits, or waited: a sleep, a time limit, a backoff. */
  readonly until?: number;
  /** It ended with this encoded value, or with this encoded error. */
  readonly value?: RecordedText;
  readonly error?: RecordedText;
  /** Of a callback. */
  readonly token?: string;
  /** The signal that was received; the id of another run. */
  readonly name?: string;
  /** How the wait ended: its time was over. */
  readonly expired?: true;
  /** The call returned no promise, so only that is recorded. */
  readonly plain?: true;
  /** It is recorded from before another order was accepted, and the code has not asked for it again. */
  readonly left?: true;
  /** How many scopes are around it. */
  readonly depth: number;
  /** The key of the scope around it. */
  readonly parent?: string;
}
