/** References to durable functions in values: by id, since code isn't data. */

/** A compiled durable function carries its definition under this symbol. */
export const FUNCTION: unique symbol = Symbol.for('use-durable.function') as never;

/** Finds the durable function of an id; undefined if this process hasn't loaded it. */
export type FunctionLookup = (id: string) => unknown;

let lookup: FunctionLookup = () => undefined;

/** The registry of durable functions says here how it is asked, so that the codec doesn't depend on it. */
export function setFunctionLookup(find: FunctionLookup): void {
  lookup = find;
}

export const findFunction: FunctionLookup = (id) => lookup(id);

/** The id of a durable function; undefined for every other function. */
export function durableIdOf(value: object): string | undefined {
  const id: unknown = (Reflect.get(value, FUNCTION) as { id?: unknown } | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
