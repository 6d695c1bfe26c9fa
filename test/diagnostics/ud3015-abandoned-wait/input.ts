import { signals, sleep, waitFor } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  for (let round = 0; round < 3; round++) {
    const change = await Promise.race([sleep('100ms'), waitFor('change')]);
    if (change !== undefined) await job(change);
  }
  const messages = signals('message');
  while (true) {
    const next = messages.next();
    const first = await Promise.race([next.then(({ value }) => value), sleep('1s').then(() => 'late')]);
    if (first === 'late') break;
    await job(first);
  }
  const answer = await Promise.any([job('ask'), waitFor('answer', { timeout: '1 min' })]);
  return [answer, await waitFor('answer')];
}
