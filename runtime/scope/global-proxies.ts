import type { DeterministicGlobals } from '../functions/durable-scope.ts';
import { mark } from '../functions/marks.ts';

/**
 * Globals of the run as values. They are marked, so that a call of one through a name that the compiler doesn't know is
 * workflow code.
 */
export function globalProxy(globals: DeterministicGlobals, name: string, original: unknown): unknown {
  switch (name) {
    case 'now':
      return mark(() => globals.now());
    case 'performanceNow':
      return mark(() => globals.performanceNow());
    case 'random':
      return mark(() => globals.random());
    case 'randomUUID':
      return mark(() => globals.randomUUID());
    case 'getRandomValues':
      return mark((view: ArrayBufferView) => globals.getRandomValues(view));
    case 'Date':
      return dateProxy(globals);
    case 'Math':
      return withMembers(Math, { random: mark(() => globals.random()) });
    case 'performance':
      return withMembers((original as object | undefined) ?? performance, {
        now: mark(() => globals.performanceNow()),
      });
    case 'crypto':
      return withMembers((original as object | undefined) ?? crypto, {
        randomUUID: mark(() => globals.randomUUID()),
        getRandomValues: mark((view: ArrayBufferView) => globals.getRandomValues(view)),
      });
    default:
      return undefined;
  }
}

/** `Date` with the run's clock; `instanceof` and its other members are those of `Date` itself. */
function dateProxy(globals: DeterministicGlobals): unknown {
  const now = mark(() => globals.now());
  return new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [globals.now()] : args, newTarget) as object,
    apply: () => globals.dateString(),
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
