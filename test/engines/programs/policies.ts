import { setTimeout as delay } from 'node:timers/promises';
import { currentStep, FatalError, StepInterruptedError, step, TimeoutError, withPolicy } from 'use-durable';
import { work } from '../effects.ts';
import { effect } from '../world.ts';

class Busy extends Error {
  readonly after: number;
  constructor(after: number) {
    super(`busy until ${after}`);
    this.name = 'Busy';
    this.after = after;
  }
}

const flaky = withPolicy(
  async (name: string, good: number): Promise<string> => {
    const { attempt } = currentStep();
    effect(`${name} ${attempt}`);
    if (attempt < good) throw new Busy(attempt);
    return `${name} took ${attempt}`;
  },
  { retry: { attempts: 4, delay: 5, factor: 2, jitter: 0 } },
);

export async function retries(): Promise<unknown> {
  'use durable';
  const first = await flaky('first', 3);
  let second: unknown;
  try {
    second = await flaky('second', 9);
  } catch (error) {
    second = error instanceof Busy ? error.after : 'of another class';
  }
  const third = await step(
    'third',
    async () => {
      const { attempt } = currentStep();
      effect(`third ${attempt}`);
      if (attempt === 1) throw new TypeError('passing');
      throw new RangeError('lasting');
    },
    { retry: { attempts: 9, delay: 1, retryIf: (error) => error instanceof TypeError } },
  ).catch(String);
  return { first, second, third };
}

export async function fatal(): Promise<unknown> {
  'use durable';
  const refuse = async (): Promise<never> => {
    effect(`refuse ${currentStep().attempt}`);
    throw new FatalError('never again');
  };
  try {
    return await step('refuse', refuse, { retry: 5 });
  } catch (error) {
    return [error instanceof FatalError, (error as Error).message, await work('afterwards', 'goes on')];
  }
}

export async function retriesTogether(): Promise<unknown> {
  'use durable';
  return Promise.all([flaky('a', 3), flaky('b', 2), work('c', 'c', 30)]);
}

export async function timeouts(): Promise<unknown> {
  'use durable';
  const slow = async (): Promise<string> => {
    const { attempt, signal } = currentStep();
    effect(`slow ${attempt}`);
    if (attempt === 2) return 'in time';
    await delay(60_000, undefined, { signal });
    return 'too late';
  };
  const second = await step('second is in time', slow, { timeout: 200, retry: { attempts: 2, delay: 1 } });
  let never: unknown;
  try {
    never = await step('never in time', () => delay(60_000, 'late', { signal: currentStep().signal }), {
      timeout: 20,
    });
  } catch (error) {
    never = error instanceof TimeoutError;
  }
  return { second, never };
}

/** Where the process dies in the step, it is not called again, and that is known. */
export async function atMostOnce(): Promise<unknown> {
  'use durable';
  const order = await work('order', 'A1');
  try {
    const paid = await step('pay', () => work('pay', `paid ${order}`), { atMostOnce: true });
    if (paid !== 'paid A1') throw new Error('something else was recorded');
  } catch (error) {
    if (!(error instanceof StepInterruptedError)) throw error;
  }
  return work('ship', 'shipped');
}
