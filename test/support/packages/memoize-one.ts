/** As `memoize-one` does it: the result for the last arguments. */
export default function memoizeOne<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    const isSame = last?.args.length === args.length && last.args.every((arg, index) => arg === args[index]);
    if (!last || !isSame) last = { args, result: fn(...args) };
    return last.result;
  };
}
