import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let calls = 0;
  const queue: (() => Promise<string>)[] = [];
  for (const name of ['a', 'b']) queue.push(() => job(name));
  queue.push(async () => {
    calls++;
    return await job('c');
  });
  while (queue.length > 0) out.push(await queue.shift()!());
  // Undo in reverse order.
  const undo: (() => Promise<unknown>)[] = [];
  for (const name of ['x', 'y']) {
    await job(name);
    undo.push(() => job(`undo ${name}`));
  }
  while (undo.length > 0) await undo.pop()!();
  const foreign = [job, job];
  let i = 0;
  while (foreign.length > 0) out.push(await foreign.pop()!(`foreign ${i++}`));
  out.push(await foreign.pop()?.('never'));
  const iterator = [job, job].values();
  out.push(await iterator.next().value!('iterated'), iterator.next().done, iterator.next().done);
  const table = new Map([['k', async () => ++calls + (await job('k')).length]]);
  out.push(await table.get('k')!(), await table.get('missing')?.());
  return { out, calls };
}
