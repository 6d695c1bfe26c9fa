import { EventEmitter, once } from 'node:events';
import { step, waitFor } from 'use-durable';
import { bus } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const first = await step('first', async () => {
    bus.once('warned', () => {});
    return (await once(bus, 'paid')).length;
  });
  const own = new EventEmitter();
  own.on('paid', (amount: number) => amount);
  own.emit('paid', 1);
  return [first, await waitFor<number>('paid')];
}
