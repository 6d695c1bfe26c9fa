/** What runs do with what is sent to them. Their results follow from what they were sent, whenever that was. */
import { type ChildRun, createCallback, currentStep, sleep, startChild, step, waitFor } from 'use-durable';
import { later } from '../support/effects.ts';
import { tellToken } from './outside.ts';

const note = async (text: string): Promise<string> => later(3, `noted ${text}`);
const fail = async (text: string): Promise<never> => {
  await later(2, 0);
  throw new RangeError(text);
};

/** Takes so many signals, and does something with each. */
export async function collect(count: number): Promise<unknown> {
  'use durable';
  const taken: string[] = [];
  while (taken.length < count) {
    const item = await waitFor<string>('item');
    taken.push(item);
    await note(item);
  }
  return taken;
}

/** Takes signals of two names beside each other, and gives up none. */
export async function beside(count: number): Promise<unknown> {
  'use durable';
  const taken: Record<string, string[]> = { left: [], right: [] };
  const side = async (name: 'left' | 'right'): Promise<void> => {
    for (let index = 0; index < count; index++) {
      taken[name]!.push(await waitFor<string>(name));
      await sleep(7);
    }
  };
  await Promise.all([side('left'), side('right')]);
  return taken;
}

/** Takes what comes, as long as something comes in time. */
export async function impatient(ms: number): Promise<unknown> {
  'use durable';
  const taken: string[] = [];
  try {
    for (;;) {
      taken.push(await waitFor<string>('item', { timeout: ms }));
      await note('one more');
    }
  } catch (error) {
    return { taken, ended: (error as Error).name };
  }
}

/** Has the outside complete a callback. */
export async function confirm(): Promise<unknown> {
  'use durable';
  const callback = await createCallback<string>();
  await step('tell', async () => tellToken(callback.token));
  try {
    const answer = await callback.result();
    return { answer, noted: await note(answer) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** Starts others and waits for them. */
export async function family(count: number): Promise<unknown> {
  'use durable';
  const children: ChildRun<string>[] = [];
  for (let index = 0; index < count; index++) children.push(await startChild(child, [index]));
  const results: unknown[] = [];
  for (const one of children) {
    try {
      results.push(await one.result());
    } catch (error) {
      results.push((error as Error).message);
    }
  }
  return results;
}

export async function child(index: number): Promise<string> {
  'use durable';
  await sleep(20 * index);
  if (index % 3 === 2) await fail(`child ${index}`);
  return `${await note('child')} ${index}`;
}

/** Calls steps that are called at most once, and goes on where nobody knows what they did. */
export async function once(count: number): Promise<unknown> {
  'use durable';
  const results: string[] = [];
  for (let index = 0; index < count; index++) {
    try {
      results.push(await step('once', () => note(String(index)), { atMostOnce: true }));
    } catch (error) {
      results.push((error as Error).name);
    }
  }
  return results;
}

/** Steps that fail first, with delays between the attempts. */
export async function stubborn(count: number): Promise<unknown> {
  'use durable';
  const results: number[] = [];
  for (let index = 0; index < count; index++) {
    const retry = { attempts: 4, delay: 40 };
    results.push(
      await step(
        'attempt',
        async () => {
          const { attempt } = currentStep();
          if (attempt <= index % 4) await fail(`attempt ${attempt}`);
          return later(2, attempt);
        },
        { retry },
      ),
    );
  }
  return results;
}

/** Works until it is cancelled, and cleans up. */
export async function endless(): Promise<unknown> {
  'use durable';
  let rounds = 0;
  try {
    for (;;) {
      await sleep(150);
      await note(`round ${rounds++}`);
    }
  } finally {
    await note('cleaned up');
  }
}

/** What the schedule starts. */
export async function tick(): Promise<string> {
  'use durable';
  await sleep(10);
  return await note('tick');
}
