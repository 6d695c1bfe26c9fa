import { job } from './steps.ts';

export async function called(): Promise<unknown> {
  'use durable'
  ;(await job('a')).toString()
}

export async function indexed(): Promise<unknown> {
  'use durable';
  ['a', 'b'].length
  return await job('a')
}

export async function named(): Promise<unknown> {
  'use durable'
  void `text ${await job('a')}`
}

/** Not a directive at all. */
export function advice(): number {
  return 'use durable'.length;
}
