/** Promises from outside of the function that are steps of a run. Each has one outcome, however often it is awaited. */
import { types } from 'node:util';
import type { ReadPath } from '../functions/durable-scope.ts';
import { isKeeping } from './keeping-getters.ts';
import type { Run } from './run.ts';
import { isForeignPromise, isForeignThenable } from './thenables.ts';

/** `await client.ready` as the code has it: what it reads is known once the step is executed. */
export interface Read {
  readonly root: () => unknown;
  /** The members that are read of the root; undefined if to read twice may do something. */
  readonly path: ReadPath | undefined;
  /** The promise of the step. */
  step: unknown;
  /** This process has read it. */
  isRead: boolean;
}

interface Known {
  /** Steps by the promises that they wait for. */
  readonly steps: WeakMap<object, unknown>;
  /** The first read of each promise. */
  readonly reads: WeakMap<object, Read>;
  /** Reads whose outcome the journal has, or will have: what they would read in this process, nobody has needed yet. */
  readonly unread: Set<Read>;
}

const known = new WeakMap<Run, Known>();

function knownOf(run: Run): Known {
  let found = known.get(run);
  if (found === undefined) {
    found = { steps: new WeakMap(), reads: new WeakMap(), unread: new Set() };
    known.set(run, found);
  }
  return found;
}

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
export function recordedOutcome(run: Run, value: unknown): unknown {
  const found = known.get(run);
  if (found === undefined || !isShared(value)) return undefined;
  return found.steps.get(value) ?? found.reads.get(value)?.step;
}

/** The same inside of a step that is executed, so that what earlier places would read now may be looked at. */
export function valueOfOutside(run: Run, value: object): unknown {
  const found = knownOf(run);
  const first = firstRead(found, value);
  if (first !== undefined) return first.isRead ? value : first.step;
  found.reads.set(value, { root: () => value, path: [], step: undefined, isRead: true });
  return value;
}

export function newRead(run: Run, root: () => unknown, path?: ReadPath): Read {
  const read = { root, path, step: undefined, isRead: false };
  knownOf(run).unread.add(read);
  return read;
}

export const readAt = (root: () => unknown, path: ReadPath = []): unknown =>
  follow(root(), path, (holder, key) => (holder as Record<PropertyKey, unknown>)[key]);

function follow(
  root: unknown,
  path: ReadPath,
  member: (holder: unknown, key: PropertyKey) => unknown,
): unknown {
  let holder = root;
  for (const key of path) {
    if (key !== null) holder = member(holder, key);
    else if (holder === null || holder === undefined) return undefined;
  }
  return holder;
}

/** Reads for a step that is executed. A promise that is recorded already gives what is recorded. */
export function valueOfRead(run: Run, read: Read): unknown {
  const value = readAt(read.root, read.path);
  const found = knownOf(run);
  read.isRead = true;
  const first = isShared(value) ? firstRead(found, value, read) : undefined;
  found.unread.delete(read);
  if (!isShared(value) || first?.isRead === true) return value;
  const step = found.steps.get(value) ?? first?.step;
  if (step !== undefined) return step;
  found.reads.set(value, read);
  return value;
}

/** @param before only reads before this one count: no step waits for a later one */
function firstRead({ reads, unread }: Known, promise: object, before?: Read): Read | undefined {
  for (const read of unread) {
    if (read === before) break;
    // After another attempt it is there no more.
    if (before !== undefined && !unread.has(before)) break;
    unread.delete(read);
    const value = valueNow(read);
    if (isShared(value) && !reads.has(value)) reads.set(value, read);
  }
  return reads.get(promise);
}

/** What a read would give, if to find out does nothing else. */
function valueNow({ root, path }: Read): unknown {
  if (path === undefined) return undefined;
  try {
    return follow(root(), path, memberOf);
  } catch {
    return undefined;
  }
}

function memberOf(holder: unknown, key: PropertyKey): unknown {
  for (let at: unknown = holder; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return undefined;
    const member = Object.getOwnPropertyDescriptor(at, key);
    if (member === undefined) continue;
    const { get } = member;
    if (get === undefined) return member.value;
    return isKeeping(get) ? Reflect.apply(get, holder, []) : undefined;
  }
  return undefined;
}

/** A promise has one outcome for all that await it. To await another thenable may begin its work each time. */
const isShared = (value: unknown): value is object =>
  types.isPromise(value) ? !isForeignThenable(value) : isForeignPromise(value);
