import { effect } from '../../support/effects.ts';
import { lastFailure, raiseFault, reportError, toException } from '../../support/reports.ts';

// Functions and objects whose names end as those of error classes do, in a file whose steps fail.
class PaymentFault extends Error {
  readonly code = 7;
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error('no error'));

async function charge(n: number): Promise<number> {
  effect(`charge ${n}`);
  if (n > 1) throw new PaymentFault(`no ${n}`);
  return n;
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [await charge(1), lastFailure.text];
  try {
    await charge(2);
  } catch (error) {
    out.push(error instanceof PaymentFault && error.code, await reportError(error), toException.from(error));
  }
  try {
    await raiseFault('late');
  } catch (error) {
    out.push(asError(error).message, error instanceof RangeError);
  }
  return out;
}
