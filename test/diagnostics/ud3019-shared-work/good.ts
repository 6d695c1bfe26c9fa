import { step } from 'use-durable';
import { ask, show } from './services.ts';

const shared = ask('outside');
shared.on('text', show);

export async function main(): Promise<unknown> {
  'use durable';
  const whole = await step('ask', async () => {
    const answer = ask('why');
    answer.on('text', show);
    return await answer.whole();
  });
  const plain = ask('no listener');
  return [whole, await plain.whole(), await shared.whole()];
}
