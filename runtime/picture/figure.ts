/** What is drawn of one durable function: its flow with the functions inside it put where they are called. */
import type { State } from '../inspect/states.ts';

/** The state of a box in a run, or what became of it in another version of the code. */
export type Tone = 'plain' | State | 'added' | 'removed' | 'changed';

export type Part = Row | Box | Pill | Choice | Loop | Frame | Guarded | Parallel;

/** One after the other. */
export interface Row {
  readonly kind: 'row';
  readonly parts: readonly Part[];
}

/** A step or a wait. */
export interface Box {
  readonly kind: 'box';
  /** Identifies it in its figure. */
  readonly key: string;
  readonly icon: string;
  readonly title: string;
  /** A second, smaller line. */
  readonly note?: string;
  /** Nothing is called: the run waits. */
  readonly isWait?: true;
  readonly tone: Tone;
  /** In a corner: how often, which attempt. */
  readonly badge?: string;
}

/** A way on or out: `return x`, `continue`, `first settles`. */
export interface Pill {
  readonly kind: 'pill';
  readonly title: string;
  readonly look: 'start' | 'return' | 'leave' | 'throw' | 'jump' | 'join' | 'yield';
  /** Nothing follows. */
  readonly ends: boolean;
}

export interface Choice {
  readonly kind: 'choice';
  readonly title: string;
  readonly branches: readonly Branch[];
  /** One below the other: there are many. */
  readonly isList: boolean;
}

export interface Branch {
  readonly label: string;
  readonly body: Part;
  /** What a run has passed. */
  readonly taken?: boolean;
}

export interface Loop {
  readonly kind: 'loop';
  readonly title: string;
  readonly body: Part;
  /** It ends only by a jump out of it. */
  readonly endless: boolean;
  /** It can be left downwards. */
  readonly ends: boolean;
  readonly badge?: string;
}

export interface Frame {
  readonly kind: 'frame';
  readonly title: string;
  /** `many`: several at a time; `perhaps`: called by something unknown. */
  readonly look: 'call' | 'many' | 'perhaps' | 'block' | 'finally';
  readonly body: Part;
  /** A `finally` that is only on the way out: what comes before it always leaves. */
  readonly leaves?: true;
  readonly badge?: string;
}

/** A `try` with its `catch`. */
export interface Guarded {
  readonly kind: 'guarded';
  readonly body: Part;
  readonly caught: { readonly title: string; readonly body: Part };
}

/** Branches that go on at the same time. */
export interface Parallel {
  readonly kind: 'parallel';
  readonly title: string;
  readonly join: string;
  readonly branches: readonly Part[];
}

export interface Figure {
  readonly title: string;
  readonly body: Part;
  /** Functions that are called from several places, or from places that are not known. */
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly body: Part;
}

export const row = (parts: readonly Part[]): Part =>
  parts.length === 1
    ? parts[0]!
    : { kind: 'row', parts: parts.flatMap((part) => (part.kind === 'row' ? part.parts : [part])) };

export const isEmpty = (part: Part): boolean => part.kind === 'row' && part.parts.length === 0;

/** Whether what is behind a part is never reached from it. */
export function isClosed(part: Part): boolean {
  switch (part.kind) {
    case 'row':
      return part.parts.some(isClosed);
    case 'pill':
      return part.ends;
    case 'choice':
      return part.branches.every(({ body }) => isClosed(body));
    case 'loop':
      return !part.ends;
    case 'frame':
      if (part.leaves) return true;
      return part.look === 'block' || part.look === 'finally' ? isClosed(part.body) : false;
    case 'guarded':
      return isClosed(part.body) && isClosed(part.caught.body);
    default:
      return false;
  }
}
