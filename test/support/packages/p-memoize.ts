/** As `p-memoize` does it: results by the first argument, and one call at a time for each. */
export default function pMemoize<K, R>(fn: (first: K) => Promise<R>): (first: K) => Promise<R> {
  const results = new Map<K, R>();
  const pending = new Map<K, Promise<R>>();
  const load = async (first: K): Promise<R> => {
    try {
      if (results.has(first)) return results.get(first) as R;
      const result = await fn(first);
      results.set(first, result);
      return result;
    } finally {
      pending.delete(first);
    }
  };
  return (first) => {
    const before = pending.get(first);
    if (before) return before;
    const promise = load(first);
    pending.set(first, promise);
    return promise;
  };
}
