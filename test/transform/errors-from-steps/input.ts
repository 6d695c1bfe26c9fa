import { effect, fail, later } from '../../support/effects.ts';

class PaymentError extends Error {
  readonly code: string;
  readonly detail: { tries: number; at: Date };
  constructor(message: string, code: string) {
    super(message);
    this.name = 'PaymentError';
    this.code = code;
    this.detail = { tries: 2, at: new Date(0) };
  }
}

class DeclinedError extends PaymentError {
  readonly card = 'visa';
}

class NotTested extends Error {
  readonly extra = 1;
}

async function pay(kind: string): Promise<string> {
  effect(`pay ${kind}`);
  if (kind === 'declined') return fail(2, new DeclinedError('no', 'E1'));
  if (kind === 'payment') return fail(1, new PaymentError('hm', 'E2'));
  if (kind === 'type') return (undefined as unknown as { x: { y: string } }).x.y;
  if (kind === 'caused') return fail(1, new PaymentError('caused', 'E3').constructor === PaymentError ? Object.assign(new Error('outer', { cause: new PaymentError('inner', 'E4') }), { status: 503 }) : null);
  if (kind === 'other') return fail(1, new NotTested('other'));
  if (kind === 'system') return fail(1, Object.assign(new Error('ENOENT: nothing'), { code: 'ENOENT', errno: -2 }));
  return later(1, kind);
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  for (const kind of ['fine', 'declined', 'payment', 'type', 'caused', 'system']) {
    try {
      log.push(await pay(kind));
    } catch (e) {
      if (e instanceof DeclinedError) log.push(['declined', e.card, e.code, e.message, e.name, e.detail.at.getTime()]);
      else if (e instanceof PaymentError) log.push(['payment', e.code, e.detail.tries, e.constructor === PaymentError]);
      else if (e instanceof TypeError) log.push(['type', e.name, e.message.length > 0, typeof e.stack]);
      else if (e instanceof Error) {
        const cause = e.cause;
        log.push([e.message, Object.entries(e), cause instanceof PaymentError && cause.code]);
      }
    }
  }
  const results = await Promise.allSettled([pay('payment'), pay('other')]);
  for (const r of results) {
    if (r.status === 'rejected') log.push([r.reason instanceof PaymentError, r.reason instanceof Error, r.reason.message, r.reason.code, r.reason.extra]);
  }
  return log;
}
