/** What the package of this name does, for fixtures: the real one is tried in `test/packages`. */
export default function pLimit(concurrency: number) {
  const waiting: (() => void)[] = [];
  let active = 0;
  const next = (): void => {
    if (active >= concurrency) return;
    const start = waiting.shift();
    if (start === undefined) return;
    active++;
    start();
  };
  const limit = <A extends unknown[], T>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T> =>
    new Promise<T>((resolve) => {
      void new Promise<void>((start) => waiting.push(start)).then(async () => {
        const result = (async () => fn(...args))();
        resolve(result);
        await result.catch(() => {});
        active--;
        next();
      });
      next();
    });
  return Object.defineProperties(limit, {
    activeCount: { get: () => active },
    pendingCount: { get: () => waiting.length },
    map: {
      value: (xs: Iterable<unknown>, fn: (x: unknown, index: number) => unknown) =>
        Promise.all(Array.from(xs, (x, index) => limit(() => fn(x, index)))),
    },
  });
}
