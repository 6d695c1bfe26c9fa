import { currentRun, since, sleep, step } from 'use-durable';
import { work } from '../effects.ts';

export async function sequence(name: string, { times }: { times: number }): Promise<unknown> {
  'use durable';
  const greeting = await work('greet', `Hello ${name}`);
  const lines = [greeting];
  for (let i = 0; i < times; i++) lines.push(await work(`line ${i}`, `${i}: ${lines.length}`));
  const total = await step('total', async () => work('sum', lines.length));
  return { lines, total, hasId: currentRun().id.length > 0 };
}

export async function loopWithWaits(): Promise<unknown> {
  'use durable';
  let status = await work('start', 'pending');
  let polls = 0;
  while (status === 'pending' && polls < 10) {
    await sleep(polls === 0 ? '10 ms' : 5);
    polls++;
    status = await work(`poll ${polls}`, polls === 3 ? 'done' : 'pending');
  }
  await sleep(new Date(0));
  return { status, polls };
}

export async function branches(): Promise<unknown> {
  'use durable';
  const first = since('check') ? await work('check', 1) : 0;
  const second = await work('plain', 2);
  await sleep(5);
  if (!since('receipt')) return first;
  return [first, second, await work('receipt', since('check'))];
}

export async function cleanup(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const attempt = async (how: string): Promise<string> => {
    try {
      log.push(await work(`${how} begins`, how));
      if (how === 'throws') throw new RangeError('out of range');
      return await work(`${how} returns`, 'returned');
    } catch (error) {
      log.push(await work(`${how} is caught`, String(error)));
      if (how === 'throws') throw new TypeError('thrown again', { cause: error });
      return 'never';
    } finally {
      log.push(await work(`${how} is cleaned up`, 'cleaned'));
      await sleep(1);
    }
  };
  const first = await attempt('returns');
  let second: unknown;
  for (const how of ['throws', 'skipped']) {
    try {
      second = await attempt(how);
    } catch (error) {
      second = [(error as Error).message, String((error as Error).cause)];
      break;
    }
  }
  return { log, first, second };
}

export async function names(): Promise<unknown> {
  'use durable';
  const long = 'x'.repeat(700);
  const results: unknown[] = [];
  for (const name of ['naïve – 日本語 🦆', long, 'a/b:c#d "e" \\ %2F', ' ']) {
    results.push(await step(name, () => work(`named ${results.length}`, name.length)));
  }
  const größe = async (): Promise<number> => work('größe', 1);
  results.push(await größe());
  return results;
}
