import { effect, inTurn } from '../../support/effects.ts';

/** The first item takes one worker longer than all the others take the second one. */
const COST = [60, 1, 1, 1, 1, 1];

async function process(item: number): Promise<number> {
  effect(`process ${item}`);
  return inTurn(COST[item]!, item * item);
}

export async function main(): Promise<unknown> {
  'use durable';
  const items = [0, 1, 2, 3, 4, 5];
  const results: number[] = [];
  let next = 0;
  async function worker(): Promise<number> {
    let done = 0;
    while (next < items.length) {
      const index = next++;
      results[index] = await process(items[index]!);
      done++;
    }
    return done;
  }
  const done = await Promise.all(Array.from({ length: 2 }, worker));
  next = 0;
  const queue = ['a', 'b', 'c'];
  const taken: string[] = [];
  const workers = [...'12'].map(async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await process(1);
      taken.push(item);
    }
  });
  await Promise.all(workers);
  return { results, total: done[0]! + done[1]!, taken: taken.sort() };
}
