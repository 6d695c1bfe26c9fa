import { assertFunction, Callee } from './callee.ts';
import type { AnyFunction } from './definition.ts';

/** What the links of a chain need of the scope that they are written in. */
interface Caller {
  call(id: string, fn: unknown, thisArg?: unknown): AnyFunction;
  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction;
}

interface Recorder {
  readonly maybe: { outside(id: string, value: unknown): unknown };
}

/**
 * A value in the middle of a chain, with its receiver. `await a?.b(x).c(y)` is compiled to a chain of links, in which
 * JavaScript itself skips everything after a `?.`: calls, keys and arguments.
 */
class Link extends Callee {
  /** Stands before `?.`. */
  some(): this | undefined {
    return this.fn === null || this.fn === undefined ? undefined : this;
  }

  get(key: PropertyKey): Link {
    return new Link((this.fn as Record<PropertyKey, unknown>)[key], this.fn);
  }

  /** The promise here comes from outside of the function. */
  outside(scope: Recorder, id: string): Link {
    return new Link(scope.maybe.outside(id, this.fn), undefined);
  }

  /** As `get`, for a private name. */
  read(reader: (value: unknown) => unknown): Link {
    return new Link(reader(this.fn), this.fn);
  }

  /** A call in the middle of the chain that is workflow code. */
  plain(id: string): (...args: unknown[]) => Link {
    return (...args) => {
      assertFunction(id, this.fn);
      return new Link(Reflect.apply(this.fn, this.receiver, args), undefined);
    };
  }

  /** A call in the middle of the chain that may be a step. */
  begin(scope: Caller, id: string): (...args: unknown[]) => Link {
    return (...args) => new Link(scope.start(id, this.fn, this.receiver)(...args), undefined);
  }

  /** The last call of the chain. */
  call(scope: Caller, id: string): AnyFunction {
    return scope.call(id, this.fn, this.receiver);
  }

  /** Like `call`, if the chain isn't awaited in place. */
  start(scope: Caller, id: string): AnyFunction {
    return scope.start(id, this.fn, this.receiver);
  }
}

/** The beginning of a chain; `receiver` is the `this` of a call that follows at once. */
export const hold = (value?: unknown, receiver?: unknown): Link => new Link(value, receiver);
