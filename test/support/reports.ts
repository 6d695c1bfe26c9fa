import { effect } from './effects.ts';

// Their names end as those of classes of errors do.

export const reportError = (error: unknown): string => {
  effect(`reported ${String(error)}`);
  return String(error);
};

export async function raiseFault(text: string): Promise<never> {
  throw new RangeError(text);
}

export const lastFailure = { text: 'none' };

export const toException = { from: (error: unknown): string => `exception ${String(error)}` };
