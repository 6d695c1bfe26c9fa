/** Values of the language's own classes that have properties of their own, are frozen, or have a state beside their content. */

import { types } from 'node:util';
import { builtinKindUnknown } from '../base/messages/values.ts';
import { DATA, META, type Payload } from './layout.ts';
import { bareView } from './lists.ts';

/** What a Map or a Set holds. */
export type Items = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;

/** Values whose state is more than what devalue writes of them. */
export const hasMore = (value: object, tag: string): boolean =>
  tag === 'RegExp' && (value as RegExp).lastIndex !== 0;

/**
 * The payload without the own properties; undefined for classes that can have none in the journal.
 *
 * @param items what is left of a Map or a Set
 */
export function builtinPayload(value: object, tag: string, items?: Items): Payload | undefined {
  if (types.isTypedArray(value)) return { [META]: ['builtin', 'view'], [DATA]: bareView(value) };
  switch (tag) {
    case 'Map':
      return { [META]: ['builtin', tag], [DATA]: [...((items ?? value) as Map<unknown, unknown>)].flat() };
    case 'Set':
      return { [META]: ['builtin', tag], [DATA]: [...((items ?? value) as Set<unknown>)] };
    case 'Date':
      return { [META]: ['builtin', tag, Number(value)] };
    case 'RegExp': {
      const { source, flags, lastIndex } = value as RegExp;
      return { [META]: ['builtin', tag, source, flags, lastIndex] };
    }
    case 'URL':
    case 'URLSearchParams':
      return { [META]: ['builtin', tag, String(value)] };
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
      return { [META]: ['builtin', 'boxed', value.valueOf()] };
    case 'DataView': {
      const { buffer, byteOffset, byteLength } = value as DataView;
      return { [META]: ['builtin', 'view'], [DATA]: new DataView(buffer, byteOffset, byteLength) };
    }
    default:
      return undefined;
  }
}

export function makeBuiltin(meta: readonly unknown[], payload: Payload): object {
  const [, tag, first, flags, lastIndex] = meta;
  switch (tag) {
    case 'Map':
      return new Map();
    case 'Set':
      return new Set();
    case 'Date':
      return new Date(first as number);
    case 'RegExp':
      return Object.assign(new RegExp(String(first), String(flags)), { lastIndex });
    case 'URL':
      return new URL(String(first));
    case 'URLSearchParams':
      return new URLSearchParams(String(first));
    case 'boxed':
      return Object(first);
    default: {
      // It has the bytes, and other views of them share these.
      const view = payload[DATA] as object;
      if (!ArrayBuffer.isView(view)) throw new Error(builtinKindUnknown(String(tag)));
      return view;
    }
  }
}

/** Fills a Map or a Set, perhaps not for the last time: in a cycle the list isn't complete at first. */
export function fillBuiltin(made: object, payload: Payload): void {
  const items = payload[DATA];
  if (!Array.isArray(items)) return;
  if (made instanceof Map) {
    made.clear();
    for (let i = 0; i < items.length; i += 2) made.set(items[i], items[i + 1]);
  } else if (made instanceof Set) {
    made.clear();
    for (const item of items) made.add(item);
  }
}
