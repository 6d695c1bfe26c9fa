import { mark } from '../functions/marks.ts';
import type { Surroundings } from './deterministic-globals.ts';

/**
 * Builtins of the run as values. They are marked, so that a call of one through a name that the compiler doesn't know
 * is workflow code.
 */
export function standIn(run: Surroundings, name: string, original: unknown): unknown {
  switch (name) {
    case 'now':
      return mark(() => run.now());
    case 'performanceNow':
      return mark(() => run.performanceNow());
    case 'random':
      return mark(() => run.random());
    case 'randomUUID':
      return mark(() => run.randomUUID());
    case 'getRandomValues':
      return mark((view: ArrayBufferView) => run.getRandomValues(view));
    case 'Date':
      return standInForDate(run);
    case 'Math':
      return withMembers(Math, { random: mark(() => run.random()) });
    case 'performance':
      return withMembers((original as object | undefined) ?? performance, {
        now: mark(() => run.performanceNow()),
      });
    case 'crypto':
      return withMembers((original as object | undefined) ?? crypto, {
        randomUUID: mark(() => run.randomUUID()),
        getRandomValues: mark((view: ArrayBufferView) => run.getRandomValues(view)),
      });
    default:
      return undefined;
  }
}

/** `Date` with the run's clock; `instanceof` and its other members are those of `Date` itself. */
function standInForDate(run: Surroundings): unknown {
  const now = mark(() => run.now());
  return new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [run.now()] : args, newTarget) as object,
    apply: () => run.dateString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}

/** An object with some members of its own; its other methods are called on the original, whose slots they need. */
function withMembers(original: object, members: Readonly<Record<string, unknown>>): object {
  return new Proxy(original, {
    get(target, key) {
      if (typeof key === 'string' && Object.hasOwn(members, key)) return members[key];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
