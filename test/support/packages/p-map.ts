/** What the package of this name does, for fixtures: the real one is tried in `test/packages`. */
type Values = Iterable<unknown> | AsyncIterable<unknown>;

export default async function pMap(
  values: Values,
  mapper: (value: unknown, index: number) => unknown,
  { concurrency = Number.POSITIVE_INFINITY } = {},
): Promise<unknown[]> {
  const iterator =
    Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  const results: unknown[] = [];
  let count = 0;
  let done = false;
  const work = async (): Promise<void> => {
    while (!done) {
      const item = await iterator.next();
      if (item.done) {
        done = true;
        return;
      }
      const index = count++;
      results[index] = await mapper(await item.value, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, 8) }, work));
  return results;
}
