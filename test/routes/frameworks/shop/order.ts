import { createCallback } from 'use-durable';
import { ask, carrier, charge, pack } from './steps.ts';

export async function order(item: string): Promise<string> {
  'use durable';
  const receipt = await charge(item);
  await pack(item);
  const approval = await createCallback<string>();
  await ask(item, approval.token);
  const by = await approval.result();
  return `${receipt}, ${await carrier.ship(item, by)}`;
}
