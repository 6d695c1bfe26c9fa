import { createCallback, currentRun, sleep, startChild, step, TimeoutError, waitFor } from 'use-durable';
import { announce, breaks, work } from '../effects.ts';

/** More than fits on a page of anybody's journal, in batches. */
export async function batches(size: number): Promise<unknown> {
  'use durable';
  const sums: number[] = [];
  for (let batch = 0; batch < 5; batch++) {
    const numbers = await Promise.all(
      Array.from({ length: size }, async (_, index) => {
        const number = await work(`${batch}/${index}`, index);
        return step('double', () => number * 2);
      }),
    );
    sums.push(numbers.reduce((sum, number) => sum + number, batch));
    await sleep(1);
  }
  return sums;
}

/** Work between steps that only microtasks see. */
export async function microtasks(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const ticking = async (name: string, ticks: number): Promise<void> => {
    for (let tick = 0; tick < ticks; tick++) await null;
    log.push(`${name} ticked`);
    await work(name, 1);
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    log.push(`${name} worked`);
  };
  await Promise.all([ticking('three', 3), ticking('one', 1)]);
  const first = await Promise.race([Promise.resolve('there already'), work('not waited for', 'late')]);
  log.push(first);
  await work('at last', 1);
  return log.toSorted();
}

/** The loser of a race still waits: the next signal is his. */
export async function losingReceiver(): Promise<unknown> {
  'use durable';
  const early = waitFor('word');
  const first = await Promise.race([early, work('quick', 'quick', 5)]);
  await announce('ready');
  const second = await waitFor('word');
  return { first, early: await early, second };
}

/** Who gives up gets nothing; who asked after him does. */
export async function impatientReceivers(): Promise<unknown> {
  'use durable';
  const impatient = async (): Promise<unknown> => {
    try {
      return await waitFor('word', { timeout: 10 });
    } catch (error) {
      await announce('gave up');
      return error instanceof TimeoutError;
    }
  };
  const patient = async (): Promise<unknown> => waitFor('word');
  return Promise.all([impatient(), patient()]);
}

/** Completed while nobody looks, and looked at by two at once. */
export async function earlyCompletion(): Promise<unknown> {
  'use durable';
  const callback = await createCallback<Map<string, number>>();
  await announce('token', callback.token);
  const done = await waitFor('completed');
  await sleep(1);
  const [one, other] = await Promise.all([callback.result(), callback.result()]);
  return { done, one, same: one === other, after: await work('after', one.size) };
}

export async function childrenAtOnce(): Promise<unknown> {
  'use durable';
  const parent = currentRun().id;
  const runs = await Promise.all(
    [1, 2, 3].map((n) => startChild(square, [parent, n], { id: `${parent}/${n}` })),
  );
  const results = await Promise.all(runs.map((run) => run.result()));
  return { results, ids: runs.map((run) => run.id === parent) };
}

async function square(parent: string, n: number): Promise<number> {
  'use durable';
  const result = await step('square', async () => {
    await announce(`squares ${n}`, undefined, parent);
    return n * n;
  });
  await sleep(1);
  return result;
}

/** The error that comes late is caught where its promise is awaited, after other things were. */
export async function lateErrors(): Promise<unknown> {
  'use durable';
  const caught = breaks('late', new RangeError('late'), 30).catch((error: Error) => error.message);
  const first = await work('first', 1);
  await sleep(5);
  const nested = (async () => {
    try {
      await breaks('inner', Object.assign(new Error('inner'), { at: new Date(1) }));
    } finally {
      await work('inner cleanup', 1);
    }
  })();
  const outcome = await nested.catch((error: Error) => ({ ...error, message: error.message }));
  return { first, caught: await caught, outcome };
}
