/** What `use-durable` means in the programs when they aren't compiled. */
import type { StepPolicy } from '../../../runtime/index.ts';

let attempt = 1;

/** Of the step that is being called. */
export const plainAttempt = (): number => attempt;

/** The results do not depend on time. */
export const sleep = async (): Promise<void> => {};

export async function step<T>(_name: string, body: () => Promise<T>, { retry }: StepPolicy = {}): Promise<T> {
  const attempts = typeof retry === 'number' ? retry : (retry?.attempts ?? 1);
  try {
    for (;;) {
      try {
        return await body();
      } catch (error) {
        if (attempt++ >= attempts) throw error;
      }
    }
  } finally {
    attempt = 1;
  }
}
