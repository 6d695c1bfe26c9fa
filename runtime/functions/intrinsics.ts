/**
 * Built-in functions that are always workflow code: synchronous and deterministic, or, like the combinators, only joining
 * promises that the workflow has. A call of one of them is never a step. They are recognized by identity, so a method that a
 * library adds to a built-in object isn't one.
 *
 * Left out on purpose: `Date.now`, `Math.random`, crypto, timers and `fetch`, which read the world; `Promise.try` and
 * `Reflect.apply`, which call any function; `Array.fromAsync` and the methods of async generators, which may drive the I/O of
 * other code; `call`, `apply` and `bind`, which depend on their receiver.
 */
const typedArray: unknown = Object.getPrototypeOf(Uint8Array);

const constructors: readonly unknown[] = [
  Array,
  Map,
  Set,
  WeakMap,
  WeakSet,
  WeakRef,
  String,
  Number,
  Boolean,
  RegExp,
  Object,
  Symbol,
  BigInt,
  Promise,
  Error,
  AggregateError,
  ArrayBuffer,
  SharedArrayBuffer,
  DataView,
  typedArray,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  Reflect.get(globalThis, 'DisposableStack'),
  Reflect.get(globalThis, 'Iterator'),
  Reflect.get(globalThis, 'Float16Array'),
];

const namespaces: readonly unknown[] = [
  Math,
  JSON,
  Reflect,
  Date,
  Date.prototype,
  ...[[].values(), new Map().values(), new Set().values(), ''[Symbol.iterator](), ''.matchAll(/./g)].map(
    prototypeOf,
  ),
  // The prototype of all generators, two steps above a generator object.
  prototypeOf(prototypeOf((function* () {})())),
];

const functions: readonly string[] = [
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'encodeURI',
  'encodeURIComponent',
  'decodeURI',
  'decodeURIComponent',
  'structuredClone',
];

const excluded: readonly unknown[] = [
  Date.now,
  Math.random,
  Date,
  Function,
  Function.prototype.call,
  Function.prototype.apply,
  Function.prototype.bind,
  Reflect.apply,
  Reflect.construct,
  Reflect.get(Promise, 'try'),
  Reflect.get(Array, 'fromAsync'),
];

const intrinsics = new Set<unknown>(functions.map((name) => Reflect.get(globalThis, name)));
for (const built of constructors) {
  if (typeof built !== 'function') continue;
  intrinsics.add(built);
  addMethods(built);
  addMethods(built.prototype);
}
for (const namespace of namespaces) addMethods(namespace);
for (const fn of excluded) intrinsics.delete(fn);

function addMethods(owner: unknown): void {
  if (owner === null || (typeof owner !== 'object' && typeof owner !== 'function')) return;
  const descriptors = Object.getOwnPropertyDescriptors(owner);
  for (const key of Reflect.ownKeys(descriptors)) {
    const { value } = Reflect.get(descriptors, key) as PropertyDescriptor;
    // The `constructor` of a prototype is listed above if it belongs here.
    if (typeof value === 'function' && key !== 'constructor') intrinsics.add(value);
  }
}

function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) as object;
}

/** True for a built-in function of this realm whose call is never a step. */
export const isIntrinsic = (fn: unknown): boolean => intrinsics.has(fn);
