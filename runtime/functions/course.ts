/**
 * One thing that decides which calls of a durable function come, and in which order. The marks of a function in the order of
 * its code are its *course*. Two versions with the same course request the same keys in a replay. It is no part of a
 * build: tools read it from the source.
 */
export interface Mark {
  /**
   * - `call`: a site under whose id something may be recorded;
   * - `open`, `part`, `close`: a construct with calls in it, its further parts, its end;
   * - `jump`: `return`, `throw`, `break`, `continue`;
   * - `await`: a promise is awaited;
   * - `use`: a closure is named, and may be called from here on;
   * - `code`: it changes variables that decide something, or may throw.
   */
  readonly kind: 'call' | 'open' | 'part' | 'close' | 'jump' | 'await' | 'use' | 'code';
  /** The name of the construct; of a call, its id; of a closure and of its use, the id of its scope. */
  readonly what: string;
  /** Two marks with the same text are the same, whatever their place. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** A call whose arguments may be changed while it is under way. */
  readonly drifts?: true;
}

export type Course = readonly Mark[];

/** Marks of two courses between those that are the same: what is there in the old one, and what is there now. */
export interface Region {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly nowStart: number;
  readonly nowEnd: number;
}

/** Beyond this many pairs of marks, all between the first and the last difference counts as changed. */
const MOST_PAIRS = 4_000_000;

/** Where two courses differ, by the fewest edits. */
export function differencesOf(old: Course, now: Course): readonly Region[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start]!.text === now[start]!.text) start++;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end]!.text === now[now.length - 1 - end]!.text
  )
    end++;
  const [height, width] = [old.length - start - end, now.length - start - end];
  if (height === 0 && width === 0) return [];
  if (height === 0 || width === 0 || height * width > MOST_PAIRS)
    return [{ oldStart: start, oldEnd: start + height, nowStart: start, nowEnd: start + width }];
  return regionsBetween(old, now, start, height, width);
}

function regionsBetween(
  old: Course,
  now: Course,
  start: number,
  height: number,
  width: number,
): readonly Region[] {
  const row = width + 1;
  /** The length of the longest common part of what follows. */
  const common = new Uint32Array((height + 1) * row);
  const isSame = (i: number, j: number): boolean => old[start + i]!.text === now[start + j]!.text;
  for (let i = height - 1; i >= 0; i--) {
    for (let j = width - 1; j >= 0; j--) {
      common[i * row + j] = isSame(i, j)
        ? common[(i + 1) * row + j + 1]! + 1
        : Math.max(common[(i + 1) * row + j]!, common[i * row + j + 1]!);
    }
  }
  const regions: Region[] = [];
  let [i, j] = [0, 0];
  while (i < height || j < width) {
    if (i < height && j < width && isSame(i, j)) {
      i++;
      j++;
      continue;
    }
    const [oldStart, nowStart] = [i, j];
    while ((i < height || j < width) && !(i < height && j < width && isSame(i, j))) {
      if (j >= width || (i < height && common[(i + 1) * row + j]! >= common[i * row + j + 1]!)) i++;
      else j++;
    }
    regions.push({
      oldStart: start + oldStart,
      oldEnd: start + i,
      nowStart: start + nowStart,
      nowEnd: start + j,
    });
  }
  return regions;
}

const LOOPS: ReadonlySet<string> = new Set(['for', 'for await', 'while', 'do']);

/** What of a course an edit reaches: the calls that come after it, and those that a loop or a closure leads back to. */
export class Reach {
  readonly #course: Course;
  /** Of each place, the constructs that are open there, the outermost first. */
  readonly #around: readonly (readonly number[])[];
  /** The places of closures, each from its `open` to its `close`, by id. */
  readonly #closures = new Map<string, readonly [start: number, end: number]>();

  constructor(course: Course) {
    this.#course = course;
    const around: number[][] = [];
    const open: number[] = [];
    for (const [index, mark] of course.entries()) {
      around.push([...open]);
      if (mark.kind === 'open') open.push(index);
      else if (mark.kind === 'close') {
        const start = open.pop();
        if (start !== undefined && isClosure(course[start]!))
          this.#closures.set(course[start]!.what, [start, index]);
      }
    }
    around.push([...open]);
    this.#around = around;
  }

  /** The ids of the calls that may be recorded behind an edit at this place, in the order of the course. */
  from(place: number, isBehindLoop: boolean): readonly string[] {
    const start = this.#start(place, isBehindLoop);
    const reached = new Set<number>();
    this.#add(reached, new Set(), start, this.#course.length);
    return [...reached].sort((a, b) => a - b).map((index) => this.#course[index]!.what);
  }

  #start(place: number, isBehindLoop: boolean): number {
    const around = this.#around[place] ?? [];
    const inner = isBehindLoop ? around.slice(0, -1) : around;
    let start = isBehindLoop ? place + 1 : place;
    for (const index of inner) {
      const mark = this.#course[index]!;
      if (LOOPS.has(mark.what)) start = Math.min(start, index);
      if (!isClosure(mark)) continue;
      start = Math.min(start, index);
      const use = this.#course.findIndex(({ kind, what }) => kind === 'use' && what === mark.what);
      if (use !== -1 && use < start) start = this.#start(use, false);
    }
    return start;
  }

  #add(reached: Set<number>, closures: Set<string>, start: number, end: number): void {
    for (let index = start; index < end; index++) {
      const { kind, what } = this.#course[index]!;
      if (kind === 'call') reached.add(index);
      const closure = kind === 'use' ? this.#closures.get(what) : undefined;
      if (closure === undefined || closures.has(what)) continue;
      closures.add(what);
      this.#add(reached, closures, ...closure);
    }
  }
}

const isClosure = ({ kind, text }: Mark): boolean => kind === 'open' && text.startsWith('open:closure:');
