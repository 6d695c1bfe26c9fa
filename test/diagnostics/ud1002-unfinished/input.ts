import { job } from './steps.ts';

export async function called(): Promise<unknown> {
  'use durable'
  (await job('a')).toString()
}

export async function indexed(): Promise<unknown> {
  'use durable'
  ['a', 'b'].length
  return await job('a')
}

export async function tagged(): Promise<unknown> {
  'use durable as tagged'
  `text ${await job('a')}`
}

export async function added(): Promise<unknown> {
  'use durable' + await job('a');
}
