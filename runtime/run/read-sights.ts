/** What a read of members would give, as far as that can be found out without calling code that may do something. */
import { types } from 'node:util';
import type { ReadPath } from '../functions/durable-scope.ts';
import { isKeeping } from './keeping-getters.ts';

/** Where the code of a getter, or of a proxy, decides what a read gives. */
export interface Place {
  readonly holder: object;
  /** What is read there. */
  readonly rest: ReadPath;
  /** Undefined for a proxy. */
  readonly getter?: () => unknown;
}

/** A value, a place where only another read would tell, or neither. */
export interface Sight {
  readonly value?: unknown;
  readonly place?: Place;
}

const NOTHING: Sight = {};

/** @param path undefined if the root itself is read by code that may do something */
export function sightOf(root: () => unknown, path: ReadPath | undefined): Sight {
  if (path === undefined) return NOTHING;
  try {
    return follow(root(), path);
  } catch {
    return NOTHING;
  }
}

function follow(root: unknown, path: ReadPath): Sight {
  let holder = root;
  for (const [index, key] of path.entries()) {
    if (key === null) {
      if (holder === null || holder === undefined) return NOTHING;
      continue;
    }
    if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return NOTHING;
    const member = memberOf(holder, key);
    if (!('value' in member)) return { place: { holder, rest: path.slice(index), ...member } };
    holder = member.value;
  }
  return { value: holder };
}

/** No value if the code of a getter or a proxy would have to tell. */
function memberOf(holder: object, key: PropertyKey): { readonly value: unknown } | Pick<Place, 'getter'> {
  for (let at: unknown = holder; at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return {};
    const member = Object.getOwnPropertyDescriptor(at, key);
    if (member === undefined) continue;
    const { get } = member;
    if (get === undefined) return { value: member.value };
    return isKeeping(get, holder) ? { value: Reflect.apply(get, holder, []) } : { getter: get };
  }
  return { value: undefined };
}

export const isSamePlace = (one: Place | undefined, other: Place | undefined): boolean =>
  one !== undefined &&
  one.holder === other?.holder &&
  one.rest.length === other.rest.length &&
  one.rest.every((key, index) => key === other.rest[index]);
