import { breaks, work } from '../effects.ts';

class PaymentError extends Error {
  readonly code: string;
  readonly details: unknown;
  constructor(code: string, details: unknown, options?: ErrorOptions) {
    super(`Payment failed: ${code}`, options);
    this.name = 'PaymentError';
    this.code = code;
    this.details = details;
  }
}

export async function caught(): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  const errors = [
    new PaymentError('declined', { amount: 10n, at: new Date(5) }, { cause: new RangeError('limit') }),
    new AggregateError([new TypeError('one'), new PaymentError('two', [])], 'both'),
    Object.assign(new Error('with properties'), { status: 404, tags: new Set(['a']) }),
    new DOMException('aborted', 'AbortError'),
  ];
  for (const error of errors) {
    try {
      await breaks(`throws ${error.message}`, error);
    } catch (thrown) {
      const own = thrown instanceof PaymentError ? [thrown.code, thrown.details] : undefined;
      seen.push([(thrown as Error).name, (thrown as Error).message, String((thrown as Error).cause), own]);
      if (thrown instanceof AggregateError)
        seen.push(thrown.errors.map((one) => one instanceof PaymentError));
    }
  }
  for (const value of ['text', 42, null, undefined, { code: 7 }]) {
    try {
      await breaks(`throws ${typeof value} ${String(value)}`, value);
    } catch (thrown) {
      seen.push([thrown, thrown instanceof Error]);
    }
  }
  return seen;
}

export async function failsWithClass(): Promise<unknown> {
  'use durable';
  try {
    return await breaks('declines', new PaymentError('declined', { amount: 10 }));
  } catch (error) {
    if (!(error instanceof PaymentError)) throw new Error('of another class');
    await work('reports', error.code);
    throw new PaymentError('reported', { retry: false }, { cause: error });
  }
}

export async function failsWithValue(): Promise<unknown> {
  'use durable';
  await work('begins', 1);
  throw { code: 42, at: new Date(7) };
}

export async function failsInStep(): Promise<unknown> {
  'use durable';
  return breaks('breaks', new SyntaxError('not caught'));
}
