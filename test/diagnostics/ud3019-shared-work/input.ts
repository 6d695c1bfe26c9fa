import { ask, show } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const answer = ask('why');
  answer.on('text', show);
  answer.on('end', show).off('text');
  return await answer.whole();
}
