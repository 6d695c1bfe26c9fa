import { sleep } from 'use-durable';
import { breaks, heldBack, letGo, perhaps, work } from '../effects.ts';

/** In which order they push depends on timing; it is the same on every replay, as what a step recorded of it shows. */
export async function closures(): Promise<unknown> {
  'use durable';
  const order: string[] = [];
  const results = await Promise.all(
    [120, 5, 40].map(async (ms) => {
      const first = await work(`fetch ${ms}`, ms, ms);
      order.push(`fetched ${first}`);
      const second = await work(`store ${ms}`, ms * 2, ms);
      order.push(`stored ${second}`);
      return second;
    }),
  );
  const recorded = await work('records', order.join());
  await sleep(1);
  await work('goes on', 1);
  return { results, pushed: order.toSorted(), same: order.join() === recorded };
}

export async function workerPool(): Promise<unknown> {
  'use durable';
  const cost = [80, 5, 5, 5];
  const results: number[] = [];
  const taken: number[][] = [[], []];
  let next = 0;
  const worker = async (id: number): Promise<void> => {
    while (next < cost.length) {
      const index = next++;
      taken[id]!.push(index);
      results[index] = await work(`job ${index}`, index * index, cost[index]);
    }
  };
  await Promise.all([worker(0), worker(1)]);
  return { results, all: taken.flat().sort() };
}

export async function lateLoser(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const order: string[] = [];
  const slow = async (): Promise<string> => {
    order.push(await work('slow', 'slow', 80));
    return work('slow again', 'slow again');
  };
  const loser = slow();
  log.push(await Promise.race([loser, work('quick', 'quick', 5)]));
  order.push(await work('between', 'between', 5));
  log.push(await loser);
  const recorded = await work('records', order.join());
  const timeout = async (): Promise<string> => {
    await sleep(20);
    return 'timeout';
  };
  log.push(await Promise.race([timeout(), work('too slow', 'in time', 2500)]));
  log.push(await work('end', 'end'));
  return { log, same: order.join() === recorded };
}

export async function settled(): Promise<unknown> {
  'use durable';
  const any = await Promise.any([
    breaks('any breaks', new Error('broken')),
    heldBack('any late', 'late'),
    work('any early', 'early', 20),
  ]);
  letGo();
  const all = await Promise.allSettled([
    work('ok', 1, 20),
    breaks('not ok', new RangeError('two')),
    sleep(5),
    'plain',
  ]);
  const reasons = all.map((one) => (one.status === 'rejected' ? String(one.reason) : one.value));
  let none: unknown;
  try {
    none = await Promise.any([
      breaks('none 1', new Error('one')),
      breaks('none 2', new TypeError('two'), 10),
    ]);
  } catch (error) {
    none = [error instanceof AggregateError, (error as AggregateError).errors.map(String)];
  }
  const first = await Promise.all([work('still runs', 1, 40), breaks('first', new Error('first'), 5)]).catch(
    String,
  );
  return { any, reasons, none, first };
}

export async function combinators(): Promise<unknown> {
  'use durable';
  const branch = async (name: string, ms: number): Promise<string> => {
    const [a, b] = await Promise.all([
      work(`${name} a`, `${name}a`, ms),
      Promise.race([work(`${name} b`, `${name}b`, ms + 20), work(`${name} c`, `${name}c`, 2500)]),
    ]);
    return `${a}+${b}`;
  };
  return Promise.all([
    branch('x', 5),
    Promise.allSettled([branch('y', 10), Promise.any([breaks('z', new Error('z'), 5), branch('w', 15)])]),
  ]);
}

/** Calls that begin at once and are awaited later, or turn out to return no promise. */
export async function started(): Promise<unknown> {
  'use durable';
  const first = work('first', 'a', 20);
  const there = perhaps('never called', 'there');
  const second = work('second', 'b', 5);
  const both = ['now', undefined].map((name) =>
    perhaps(String(name), name, name === undefined ? 10 : undefined),
  );
  const middle = await work('middle', 'm');
  const all = [await second, await first, await there, ...(await Promise.all(both))];
  return { middle, all, isPromise: there instanceof Promise, last: await work('last', 'z') };
}
