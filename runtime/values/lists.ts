/**
 * Arrays and typed arrays, which may have properties beside their elements. To list the keys of a long one is to make a
 * text of each index, which takes longer than to write it; `inspect` knows the other keys and can leave the elements out.
 */
import { inspect, types } from 'node:util';

/** Up to this length listing the keys takes less time. */
const SHORT = 32;

const BRIEFLY = {
  ...{ maxArrayLength: 0, depth: 0, showHidden: true, customInspect: false, showProxy: false, colors: false },
  ...{
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    sorted: false,
    getters: false,
    numericSeparator: false,
  },
} as const;

const LENGTH = 98_765;
const LONG = inspect(new Array(LENGTH).fill(0), BRIEFLY);

/** Whether an array without holes has nothing but elements. */
export const isBareList = (array: readonly unknown[]): boolean =>
  array.length > SHORT ? isBareArray(array) : Reflect.ownKeys(array).length === array.length + 1;

/** Whether an array has nothing but elements. It may have holes. */
export function isBareArray(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length > SHORT) return inspect(array, BRIEFLY) === LONG.replaceAll(String(LENGTH), String(length));
  const names = Object.getOwnPropertyNames(array);
  // Indices come first, then the length.
  return names.at(-1) === 'length' && Object.getOwnPropertySymbols(array).length === 0;
}

/** A typed array over the same bytes that is nothing but that. */
export function bareView(view: NodeJS.TypedArray): NodeJS.TypedArray {
  const base = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const { buffer, byteOffset, length } = view;
  const View = Reflect.get(globalThis, Reflect.get(base, Symbol.toStringTag, view) as string) as new (
    ...args: unknown[]
  ) => NodeJS.TypedArray;
  return new View(buffer, byteOffset, length);
}

/** Whether a buffer may be resized. */
export const isGrowing = (buffer: object): boolean => Reflect.get(buffer, 'resizable') === true;

/** Whether a value is a view of such a buffer. */
export const isOnGrowing = (value: object): value is NodeJS.ArrayBufferView =>
  ArrayBuffer.isView(value) && isGrowing(value.buffer);

/** What a view shows, on a buffer of its own that has the size of the view. */
export function fixedView(view: NodeJS.ArrayBufferView): NodeJS.ArrayBufferView {
  if (types.isTypedArray(view)) return bareView(view).slice();
  const { buffer, byteOffset, byteLength } = view;
  return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Whether a typed array has only elements. Short ones are not checked. */
export function isBareView(view: NodeJS.TypedArray): boolean {
  if (view.length <= SHORT) return false;
  const bare = bareView(view);
  // A Buffer and a Uint8Array have the same bytes.
  Object.setPrototypeOf(bare, Object.getPrototypeOf(view));
  return inspect(view, BRIEFLY) === inspect(bare, BRIEFLY);
}
