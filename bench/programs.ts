import { currentRun, sleep } from 'use-durable';

/** The durable functions that are measured. */
async function add(total: number, amount: number): Promise<number> {
  return total + amount;
}

/** One step after the other. */
export async function sequence(steps: number): Promise<number> {
  'use durable';
  let total = 0;
  for (let index = 0; index < steps; index++) total = await add(total, index);
  return total;
}

/** All steps at once. */
export async function fanOut(steps: number): Promise<number> {
  'use durable';
  const values = await Promise.all(Array.from({ length: steps }, (_, index) => add(0, index)));
  return values.length;
}

/** A wait and a step, again and again. Gives back how often its own code has run, which a replay would add to. */
export async function waits(count: number): Promise<number> {
  'use durable';
  let total = 0;
  for (let index = 0; index < count; index++) {
    await sleep('1 hour');
    total = await add(total, one());
  }
  return total;
}

/** How often the bodies of `waits` came through here. */
export const passed = { times: 0 };

function one(): number {
  passed.times++;
  return 1;
}

/** Told by each run of `nap` when it has woken up; set by who measures. */
export const alarm = { rung: (_id: string): void => {} };

async function ring(id: string): Promise<void> {
  alarm.rung(id);
}

/** Sleeps until it is due, and says that it is awake. */
export async function nap(): Promise<void> {
  'use durable';
  await sleep('365 days');
  await ring(currentRun().id);
}
