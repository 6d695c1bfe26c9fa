/** `once` and `memoize`, as lodash has them. */
export function once<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  let kept: { readonly result: R } | undefined;
  return (...args) => {
    kept ??= { result: fn(...args) };
    return kept.result;
  };
}

export function memoize<K, R>(
  fn: (first: K) => R,
  keyOf: (first: K) => unknown = (first) => first,
): (first: K) => R {
  const cache = new Map<unknown, R>();
  return (first) => {
    const key = keyOf(first);
    if (!cache.has(key)) cache.set(key, fn(first));
    return cache.get(key) as R;
  };
}

export default { once, memoize };
