/**
 * What a program can tell of a value, in a form that `toStrictEqual` compares in full. Errors and instances of classes are shown
 * by the name of their class, since every copy of a module has classes of its own; stacks are left out.
 */
export function portray(value: unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (value instanceof Map) return { map: [...value].map((entry) => portray(entry, seen)) };
  if (value instanceof Set) return { set: [...value].map((item) => portray(item, seen)) };
  if (!isOpen(value)) return value;
  const shown: Record<string, unknown> = {};
  seen.set(value, shown);
  const keys = Object.keys(value).filter((key) => key !== 'stack');
  if (value instanceof Error) keys.push(...HIDDEN.filter((key) => Object.hasOwn(value, key) || key in value));
  for (const key of new Set(keys)) shown[key] = portray(Reflect.get(value, key), seen);
  if (Array.isArray(value)) shown.length = value.length;
  if (value.constructor !== Object) shown['[class]'] = value.constructor?.name ?? 'none';
  return shown;
}

/** How something ended. */
export function portrayOutcome(outcome: PromiseSettledResult<unknown>): unknown {
  return outcome.status === 'fulfilled'
    ? { returned: portray(outcome.value) }
    : { thrown: portray(outcome.reason) };
}

/** Properties of errors that are not enumerable, or not their own. */
const HIDDEN = ['name', 'message', 'cause', 'errors'];

/** Arrays, plain objects, errors and instances of classes, as opposed to built-in values that `toStrictEqual` knows. */
const isOpen = (value: object): boolean =>
  Array.isArray(value) ||
  value instanceof Error ||
  Object.prototype.toString.call(value) === '[object Object]';
