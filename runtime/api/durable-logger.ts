import { currentContext } from '../run/context.ts';
import { admitsLine, printQuietly, replaySafe } from '../run/replay-safe-console.ts';

/** What loggers call the methods that write a line. */
const METHODS: ReadonlySet<PropertyKey> = new Set(
  'trace verbose silly debug http info notice log success warn warning error fatal crit alert emerg'.split(
    ' ',
  ),
);

/**
 * A logger whose lines come once: what a durable function logs is logged once in the life of its run, as with `console`,
 * however often it is replayed. Everywhere else, in steps too, it is the logger itself. Its children (`logger.child()`) are
 * like it.
 *
 * ```ts
 * export const log = durableLogger(pino({ mixin: logContext }));
 * ```
 *
 * Make it once, for a module or the whole program. Every call counts as a line, whatever level is set, so that the count is
 * the same on every replay. In a durable function its methods return undefined, since nothing is called on a replay.
 */
export function durableLogger<L extends object>(logger: L): L {
  return new Proxy({} as L, {
    get: (_, name) => {
      const value: unknown = Reflect.get(logger, name, logger);
      if (typeof value !== 'function' || name === 'constructor') return value;
      const call = (args: unknown[]): unknown => Reflect.apply(value, logger, args);
      if (METHODS.has(name))
        return replaySafe((...args: unknown[]): unknown => write(String(name), args, call));
      if (name === 'child') return (...args: unknown[]): unknown => durableLogger(call(args) as object);
      return (...args: unknown[]): unknown => call(args);
    },
    set: (_, name, value) => Reflect.set(logger, name, value, logger),
    has: (_, name) => Reflect.has(logger, name),
    getPrototypeOf: () => Reflect.getPrototypeOf(logger),
  });
}

function write(method: string, args: unknown[], call: (args: unknown[]) => unknown): unknown {
  const context = currentContext();
  if (context?.place === 'body') {
    if (admitsLine(context.run, method, args)) printQuietly(() => call(args));
    return undefined;
  }
  if (context?.place !== 'step' || context.undecided === undefined) return call(args);
  // Whether it is a line of the body turns out when the call is over.
  context.lines ??= [];
  context.lines.push({ method, args });
  call(args);
  return undefined;
}
