import * as services from './services.ts';
import { LimitError, load } from './services.ts';

export async function main(): Promise<number> {
  'use durable';
  try {
    await load();
  } catch (error) {
    if (error instanceof services.LimitError) return error.retryIn(Date.now());
    if (LimitError.is(error)) return 1;
  }
  return 0;
}
