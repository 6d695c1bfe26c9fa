import { effect, fail } from '../../support/effects.ts';

// Errors that are known by marks, by codes, by members of namespaces, by a class that tests for itself, and deep causes.
const MARK = Symbol.for('test.marked');
class Marked extends Error {
  readonly [MARK] = true;
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
  static isInstance(error: unknown): error is Marked {
    return typeof error === 'object' && error !== null && (error as Marked)[MARK] === true;
  }
}
class Coded extends Error {
  readonly code: string;
  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
  static [Symbol.hasInstance](error: unknown): boolean {
    return (error as Coded | undefined)?.code?.startsWith('E_') === true;
  }
}
namespace Api {
  export class Failure extends Error {
    override name = 'Failure';
    readonly status = 500 as number;
  }
  export class Busy extends Failure {
    override readonly status = 429;
    readonly headers = new Headers({ 'retry-after': '3' });
  }
}
const { Busy: Wait } = Api;
const work = async (kind: number): Promise<never> => {
  effect(`work ${kind}`);
  const errors = [
    () => new Marked('marked', true),
    () => new Coded('E_ONE', { cause: new Marked('inner', false) }),
    () => new Api.Busy('busy'),
    () => Object.assign(new TypeError('typed'), { code: 'E_PLAIN', errno: -2, nested: { at: new Date(3) } }),
    () => new DOMException('gone', 'AbortError'),
  ];
  return fail(1, errors[kind]!());
};

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (const kind of [0, 1, 2, 3, 4]) {
    const e = await work(kind).catch((error: unknown) => error);
    const any = e as any;
    out.push([
      e instanceof Marked, Marked.isInstance(e), any.retryable,
      e instanceof Coded, any.code, Marked.isInstance(any.cause), any.cause?.retryable,
      e instanceof Api.Failure, e instanceof Wait, any.status, any.headers?.get('retry-after'),
      e instanceof TypeError, any.errno, any.nested?.at.getTime(),
      e instanceof DOMException, any.name, any.message,
    ]);
  }
  return out;
}
