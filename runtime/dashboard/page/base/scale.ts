/** The axis of the timeline: proportional to time, but for long idle times, which are folded. */

/** A part of a run in which something was done. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Nothing was done: the run waited. */
  readonly isIdle: boolean;
}

interface Segment {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** From 0 to 1. */
  readonly start: number;
  readonly end: number;
  readonly isFolded: boolean;
}

export interface Scale {
  /** A moment as a number from 0 to 1. */
  at(time: number): number;
  readonly folds: readonly Segment[];
}

/** A pause that is longer than this part of all that is shown is folded. */
const LONG = 0.25;
/** What is shorter is never folded, ms. */
const SHORTEST = 1_000;
/** The width of a fold, and of all folds together at most. */
const FOLD = 0.04;
const MOST_FOLDED = 0.4;

export function scaleOf(spans: readonly Span[], from: number, to: number): Scale {
  const gaps = pausesIn(spans, from, Math.max(to, from + 1));
  const folded = chosenOf(gaps, Math.max(to - from, 1));
  const idle = folded.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const width = Math.min(FOLD, MOST_FOLDED / Math.max(folded.length, 1));
  const rest = 1 - width * folded.length;
  const perMs = rest / Math.max(to - from - idle, 1);
  const segments: Segment[] = [];
  let [time, x] = [from, 0];
  const add = (until: number, isFolded: boolean): void => {
    const end = x + (isFolded ? width : (until - time) * perMs);
    segments.push({ from: time, to: until, start: x, end, isFolded });
    [time, x] = [until, end];
  };
  for (const gap of folded) {
    add(gap.from, false);
    add(gap.to, true);
  }
  add(Math.max(to, from + 1), false);
  return { at: (moment) => placeIn(segments, moment), folds: segments.filter(({ isFolded }) => isFolded) };
}

/** The times in which nothing was done, in their order. */
function pausesIn(spans: readonly Span[], from: number, to: number): readonly Omit<Span, 'isIdle'>[] {
  const busy = spans.flatMap((span): readonly Omit<Span, 'isIdle'>[] =>
    span.isIdle
      ? [
          { from: span.from, to: span.from },
          { from: span.to, to: span.to },
        ]
      : [span],
  );
  busy.sort((a, b) => a.from - b.from);
  const pauses: Omit<Span, 'isIdle'>[] = [];
  let reached = from;
  for (const span of [...busy, { from: to, to }]) {
    if (span.from > reached) pauses.push({ from: reached, to: Math.min(span.from, to) });
    reached = Math.max(reached, span.to);
  }
  return pauses;
}

/** The longest ones, as long as they are long beside what is left. */
function chosenOf(pauses: readonly Omit<Span, 'isIdle'>[], whole: number): readonly Omit<Span, 'isIdle'>[] {
  const chosen: Omit<Span, 'isIdle'>[] = [];
  let left = whole;
  for (const pause of pauses.toSorted((a, b) => b.to - b.from - (a.to - a.from))) {
    const length = pause.to - pause.from;
    if (length < SHORTEST || length < left * LONG) break;
    chosen.push(pause);
    left -= length;
  }
  return chosen.sort((a, b) => a.from - b.from);
}

function placeIn(segments: readonly Segment[], moment: number): number {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.to < moment) low = middle + 1;
    else high = middle;
  }
  const { from, to, start, end } = segments[low]!;
  const part = to === from ? 0 : (moment - from) / (to - from);
  return start + (end - start) * Math.min(Math.max(part, 0), 1);
}
