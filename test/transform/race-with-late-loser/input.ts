import { sleep } from 'use-durable';
import { effect, fail, later } from '../../support/effects.ts';

async function lookup(who: string, ms: number): Promise<string> {
  effect(`lookup ${who}`);
  return later(ms, who);
}

async function breaks(ms: number): Promise<string> {
  effect('breaks');
  return fail(ms, new Error('broken'));
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const slow = async (): Promise<string> => {
    const first = await lookup('slow', 160);
    log.push('slow goes on');
    const second = await lookup('slow afterwards', 1);
    log.push('slow ends');
    return `${first}, ${second}`;
  };
  const loser = slow();
  const winner = await Promise.race([loser, lookup('quick', 2)]);
  log.push(`winner ${winner}`);
  const next = await lookup('next', 2);
  log.push(next);
  log.push(await loser);
  const any = await Promise.any([breaks(1), lookup('late', 18), lookup('early', 6)]);
  log.push(any);
  await sleep(25);
  const still = await Promise.race([lookup('x', 1), new Promise<never>(() => {})]);
  const settled = await Promise.race([Promise.resolve('already'), lookup('later', 1)]);
  await lookup('end', 6);
  return { log, still, settled };
}
