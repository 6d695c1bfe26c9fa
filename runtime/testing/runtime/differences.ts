/** Compares the results of two executions, and describes the first difference. */
import { inspect, isDeepStrictEqual, types } from 'node:util';
import { findByInstance } from '../../values/classes.ts';

/** Two sides of a difference, in words. */
export interface OutcomeDifference {
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

/** A value as text, long enough to show a difference. */
const show = (value: unknown): string =>
  inspect(value, { depth: 10, breakLength: 100, maxArrayLength: 1000, maxStringLength: 10_000 });

/** As `show`, without what is inside of foreign objects: a database client changes with every call that it serves. */
export const showData = (value: unknown): string => show(portray(value, new Map()));

const DATA: readonly ((value: unknown) => boolean)[] = [
  types.isDate,
  types.isRegExp,
  types.isAnyArrayBuffer,
  ArrayBuffer.isView,
  (value) => value instanceof URL,
  (value) => value instanceof Error,
];

/** A copy in which foreign objects are nothing but the names of their classes. */
function portray(value: unknown, known: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || DATA.some((isData) => isData(value))) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  const keep = <T extends object>(copy: T): T => {
    known.set(value, copy);
    return copy;
  };
  if (Array.isArray(value)) {
    const copy: unknown[] = keep([]);
    for (const item of value) copy.push(portray(item, known));
    return copy;
  }
  if (types.isMap(value)) {
    const copy = keep(new Map<unknown, unknown>());
    for (const [key, item] of value) copy.set(portray(key, known), portray(item, known));
    return copy;
  }
  if (types.isSet(value)) {
    const copy = keep(new Set<unknown>());
    for (const item of value) copy.add(portray(item, known));
    return copy;
  }
  const name = (value.constructor as { readonly name?: string } | undefined)?.name ?? 'Object';
  const registered = findByInstance(value) !== undefined;
  if (!isBranch(value) && !registered) return keep({ [inspect.custom]: () => `[${name}]` });
  const copy: Record<string, unknown> = keep(registered ? { class: name } : {});
  for (const [key, item] of Object.entries(value)) copy[key] = portray(item, known);
  return copy;
}

/** Errors are compared by class and all that a program can read, but for the stack. */
function comparable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled') return outcome;
  const { reason } = outcome;
  if (!(reason instanceof Error)) return outcome;
  const { name, message, cause } = reason;
  return { thrown: reason.constructor, name, message, cause, properties: { ...reason } };
}

/** The difference between two outcomes; undefined if there is none. */
export function compareOutcomes(
  expected: PromiseSettledResult<unknown>,
  actual: PromiseSettledResult<unknown>,
): OutcomeDifference | undefined {
  if (isDeepStrictEqual(comparable(expected), comparable(actual))) return undefined;
  if (expected.status === 'fulfilled' && actual.status === 'fulfilled') {
    return differenceOf(expected.value, actual.value, 'result', 'the result differs at ');
  }
  return {
    what: 'the run ends in another way',
    expected: describeOutcome(expected),
    actual: describeOutcome(actual),
  };
}

/** The difference between two outcomes if one is a result and the other an error; what these hold doesn't count. */
export function compareKinds(
  expected: PromiseSettledResult<unknown>,
  actual: PromiseSettledResult<unknown>,
): OutcomeDifference | undefined {
  return expected.status === actual.status ? undefined : compareOutcomes(expected, actual);
}

/** Where two values differ first, and what they are there; `name` is what the whole value is called. */
export function differenceOf(
  expected: unknown,
  actual: unknown,
  name: string,
  prefix = '',
): OutcomeDifference {
  const { path, left, right } = firstDifference(expected, actual, name);
  return { what: `${prefix}${path}`, expected: show(left), actual: show(right) };
}

function describeOutcome(outcome: PromiseSettledResult<unknown>): string {
  if (outcome.status === 'fulfilled') return `returned ${show(outcome.value)}`;
  const { reason } = outcome;
  if (!(reason instanceof Error)) return `threw ${show(reason)}`;
  const properties = { ...reason };
  const shown = Object.keys(properties).length === 0 ? '' : ` ${show(properties)}`;
  return `threw ${reason.name}: ${reason.message}${shown}`;
}

interface Found {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Goes down into plain objects and arrays as far as both sides have the same shape. */
function firstDifference(left: unknown, right: unknown, path: string): Found {
  if (isBranch(left) && isBranch(right) && Array.isArray(left) === Array.isArray(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      if (Object.hasOwn(left, key) && isDeepStrictEqual(left[key], right[key])) continue;
      return firstDifference(
        left[key],
        right[key],
        Array.isArray(left) ? `${path}[${key}]` : `${path}.${key}`,
      );
    }
  }
  return { path, left, right };
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
