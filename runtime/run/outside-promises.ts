/** Promises from outside of the function that are steps of a run. Each has one outcome, however often it is awaited. */
import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { promiseByTwoWays } from '../base/messages/steps.ts';
import type { ReadPath } from '../functions/durable-scope.ts';
import { isSamePlace, type Sight, sightOf } from './read-sights.ts';
import { ReadPlaces, tellKept, unlessAnother } from './repeated-reads.ts';
import type { Run } from './run.ts';
import { isForeignPromise, isForeignThenable } from './thenables.ts';

/** `await client.ready` as the code has it: what it reads is known once the step is executed. */
export interface Read {
  /** What the code reads, for messages. */
  readonly text: string;
  readonly root: () => unknown;
  /** The members that are read of the root; undefined if to read twice may do something. */
  readonly path: ReadPath | undefined;
  /** The promise of the step. */
  step: unknown;
  /** This process has read it. */
  isRead: boolean;
  /** How it found what it read. */
  sight?: Sight;
}

/** Whether another process can't find out which promise it was, unless it reads at the same place. */
const isHidden = ({ sight }: Read): boolean => sight !== undefined && !('value' in sight);

interface Known {
  /** Steps by the promises that they wait for. */
  readonly steps: WeakMap<object, unknown>;
  /** The read that has the outcome of each promise. */
  readonly reads: WeakMap<object, Read>;
  /** Reads whose outcome the journal has, or will have: what they would read in this process, nobody has needed yet. */
  readonly unread: Set<Read>;
  /** The reads where the code of a getter or a proxy decides. */
  readonly places: ReadPlaces;
}

const known = new WeakMap<Run, Known>();

function knownOf(run: Run): Known {
  let found = known.get(run);
  if (found === undefined) {
    found = { steps: new WeakMap(), reads: new WeakMap(), unread: new Set(), places: new ReadPlaces() };
    known.set(run, found);
  }
  return found;
}

/** Sites of one name have a number: `client.ready#2`. */
const textOf = (id: string): string => id.replace(/#\d+$/, '');

/** The promise of the step that such a promise has become; undefined for any other value. */
export function stepOfPromise(run: Run, value: unknown): unknown {
  const found = known.get(run);
  return found === undefined || typeof value !== 'object' || value === null
    ? undefined
    : found.steps.get(value);
}

export function rememberStep(run: Run, promise: object, step: unknown): void {
  knownOf(run).steps.set(promise, step);
}

/** As `stepOfPromise`, for promises that the function has read at other places of its code too. */
export function recordedOutcome(run: Run, value: unknown, id: string): unknown {
  const found = known.get(run);
  if (found === undefined || !isShared(value)) return undefined;
  const step = found.steps.get(value);
  if (step !== undefined) return step;
  const first = found.reads.get(value);
  return first !== undefined && isHidden(first) ? byTwoWays(first.step, first.text, textOf(id)) : first?.step;
}

/** The same inside of a step that is executed, so that what earlier places would read now may be looked at. */
export function valueOfOutside(run: Run, value: object, id: string): unknown {
  const found = knownOf(run);
  lookAtUnread(found);
  const first = found.reads.get(value);
  if (first !== undefined && isHidden(first)) return byTwoWays(value, first.text, textOf(id));
  if (first !== undefined) return first.isRead ? value : first.step;
  found.reads.set(value, { text: textOf(id), root: () => value, path: [], step: undefined, isRead: true });
  return value;
}

export function newRead(run: Run, id: string, root: () => unknown, path?: ReadPath): Read {
  const read = { text: textOf(id), root, path, step: undefined, isRead: false };
  knownOf(run).unread.add(read);
  return read;
}

export function readAt(root: () => unknown, path: ReadPath = []): unknown {
  let holder = root();
  for (const key of path) {
    if (key !== null) holder = (holder as Record<PropertyKey, unknown>)[key];
    else if (holder === null || holder === undefined) return undefined;
  }
  return holder;
}

/** Reads for a step that is executed. A promise that is recorded already gives what is recorded. */
export function valueOfRead(run: Run, read: Read): unknown {
  const value = readAt(read.root, read.path);
  const found = knownOf(run);
  read.isRead = true;
  if (!isShared(value)) {
    found.unread.delete(read);
    return value;
  }
  lookAtUnread(found, read);
  found.unread.delete(read);
  read.sight = sightOf(read.root, read.path);
  const { place } = read.sight;
  const likely = place === undefined ? [] : found.places.add(place, read);
  const step = found.steps.get(value);
  if (step !== undefined) return step;
  const first = found.reads.get(value);
  if (first === undefined) {
    found.reads.set(value, read);
    return unlessAnother(value, likely, read.text);
  }
  if (isHidden(first) && !isSamePlace(first.sight?.place, place))
    return byTwoWays(value, first.text, read.text);
  if (!first.isRead) return first.step;
  if (isHidden(first)) tellKept(value, read.text);
  return value;
}

/**
 * Looks at what reads of the journal would give now, where that does nothing else. The latest of several that give one promise has
 * its outcome: the variable may have had other values.
 *
 * @param before only reads before this one count: no step waits for a later one
 */
function lookAtUnread(found: Known, before?: Read): void {
  const { reads, unread } = found;
  for (const read of unread) {
    if (read === before) break;
    // After another attempt it is there no more.
    if (before !== undefined && !unread.has(before)) break;
    unread.delete(read);
    const { value, place } = sightOf(read.root, read.path);
    if (place !== undefined) found.places.add(place, read);
    else if (isShared(value) && reads.get(value)?.isRead !== true) reads.set(value, read);
  }
}

/** After a restart nothing would tell that the two are one promise. If it has no value, that makes no difference. */
function byTwoWays(promise: unknown, first: string, second: string): Promise<unknown> {
  const refuse = (): never => {
    throw new MisuseError(promiseByTwoWays(first, second));
  };
  return Promise.resolve(promise).then((value) => (value === undefined ? value : refuse()), refuse);
}

/** A promise has one outcome for all that await it. To await another thenable may begin its work each time. */
const isShared = (value: unknown): value is object =>
  types.isPromise(value) ? !isForeignThenable(value) : isForeignPromise(value);
