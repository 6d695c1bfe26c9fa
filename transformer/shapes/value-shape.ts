import { ANY, type Member, type Shape, shape } from './shape.ts';

/** So many parts of one value are looked at. What is further inside counts as unknown. */
const MOST_PARTS = 2_000;

/** The shape of one value, as a journal gives it back. */
export function shapeOfValue(value: unknown): Shape {
  const known = new Map<unknown, Shape>();
  let open: (readonly [value: object, shape: Shape])[] = [];
  const shell = (of: unknown): Shape => {
    if (typeof of === 'function') return ANY;
    if (typeof of === 'symbol') return shape({ kind: 'primitive', type: 'symbol' });
    if (typeof of !== 'object' || of === null)
      return shape({ kind: 'literal', value: of as string | number | bigint | boolean | null | undefined });
    const same = known.get(of);
    if (same) return same;
    const made = shape(ANY.form);
    known.set(of, made);
    open.push([of, made]);
    return made;
  };
  const whole = shell(value);
  for (let read = 0; open.length > 0; ) {
    const now = open;
    open = [];
    for (const [inner, to] of now) if (read++ < MOST_PARTS) fill(inner, to, shell);
  }
  return whole;
}

function fill(value: object, to: Shape, shell: (of: unknown) => Shape): void {
  if (Array.isArray(value)) {
    const elements = value.map((one) => ({ shape: shell(one), isOptional: false, isRest: false }));
    to.form = { kind: 'list', elements };
    return;
  }
  const names = value instanceof Error ? [] : builtinNames(value);
  if (names.length > 0) {
    to.form = { kind: 'builtin', names, holds: heldBy(value, shell) };
    return;
  }
  const members = new Map<string, Member>();
  const ofErrors = value instanceof Error ? ['name', 'message'] : [];
  for (const name of [...ofErrors, ...Object.getOwnPropertyNames(value)])
    members.set(name, { shape: shell((value as Record<string, unknown>)[name]), isOptional: false });
  to.form = { kind: 'object', members, rest: undefined };
}

/** The classes of the language that a value is of; none for a plain object, and for one of another class. */
function builtinNames(value: object): readonly string[] {
  const names: string[] = [];
  for (
    let at = Object.getPrototypeOf(value);
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    if (!Object.hasOwn(at, 'constructor')) continue;
    const { name } = at.constructor as { readonly name: string };
    if ((globalThis as Record<string, unknown>)[name] === at.constructor) names.push(name);
  }
  return names;
}

function heldBy(value: object, shell: (of: unknown) => Shape): readonly Shape[] {
  const one = (values: Iterable<unknown>): Shape => shape({ kind: 'union', of: [...values].map(shell) });
  if (value instanceof Map) return [one(value.keys()), one(value.values())];
  return value instanceof Set ? [one(value)] : [];
}
