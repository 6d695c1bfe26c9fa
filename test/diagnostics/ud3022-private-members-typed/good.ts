import { step } from 'use-durable';
import { LimitError, load } from './services.ts';

export async function main(): Promise<number> {
  'use durable';
  try {
    await load();
  } catch (error) {
    if (error instanceof LimitError) return error.until;
  }
  const own = new LimitError('of the function itself');
  const wait = await step(async () => {
    try {
      await load();
      return 0;
    } catch (error) {
      return error instanceof LimitError ? error.retryIn(1) : 0;
    }
  });
  return own.retryIn(1) + wait;
}
