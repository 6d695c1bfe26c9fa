/** References to durable functions in values: by id, since code isn't data. */
import { state } from '../base/process-state.ts';

/** A compiled durable function carries its definition under this symbol. */
export const FUNCTION: unique symbol = Symbol.for('use-durable.function') as never;

/** The `Definition` with an id, present or former; undefined where this process hasn't loaded it, or where several had it. */
export function definitionWithId(id: string): object | undefined {
  const known = state.functions.get(id);
  if (known !== undefined) return known;
  const [only, other] = state.formerIds.get(id)?.keys() ?? [];
  if (other !== undefined) return undefined;
  const present = only ?? (state.refused.has(id) ? undefined : state.renamed.get(id));
  return present === undefined ? undefined : state.functions.get(present);
}

/** The durable function of an id; undefined if this process hasn't loaded it. */
export const findFunction = (id: string): unknown =>
  (definitionWithId(id) as { readonly callable?: unknown } | undefined)?.callable;

/** What finds a durable function again: its id, or that of one of its versions; undefined for every other function. */
export function durableIdOf(value: object): string | undefined {
  const found = Reflect.get(value, FUNCTION) as { id?: unknown; ref?: unknown } | undefined;
  const id = found?.ref ?? found?.id;
  return typeof id === 'string' ? id : undefined;
}
