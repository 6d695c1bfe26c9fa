import { act, beyond } from '../effects.ts';

/** Rejected long before it is awaited. */
export async function early(): Promise<unknown> {
  'use durable';
  const refused = act('early', -1);
  const other = await act('other', 1);
  try {
    return [other, await refused];
  } catch (error) {
    return [other, (error as Error).message];
  }
}

/** Rejected, and nobody ever looks. */
export async function forgotten(look: boolean): Promise<unknown> {
  'use durable';
  const refused = act('forgotten', -1);
  const other = await act('other', 1);
  return look ? refused : other;
}

/** The losers of a race: one has failed before it is over, one fails while the run goes on. */
export async function losers(): Promise<unknown> {
  'use durable';
  const first = act('first', -1);
  const won = await act('second', 2);
  const winner = await Promise.any([first, act('third', 3), act('fourth', -4)]);
  await act('last', 5);
  return [won, winner];
}

/** Jobs that were begun before something else is waited for. */
export async function jobs(look: boolean): Promise<unknown> {
  'use durable';
  const begun = [1, 2].map(async (n) => act(`job ${n}`, n === 1 ? -1 : n));
  const other = await act('other', 1);
  if (!look) return other;
  const all = await Promise.allSettled(begun);
  return [other, all.map(({ status }) => status)];
}

export async function combined(look: boolean): Promise<unknown> {
  'use durable';
  const both = Promise.all([act('one', 1), act('two', -2)]);
  const other = await act('other', 1);
  await act('another', 2);
  if (!look) return other;
  try {
    return await both;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is thrown by the body itself, and is no error. */
export async function thrown(): Promise<unknown> {
  'use durable';
  const work = async (): Promise<void> => {
    await act('before', 1);
    throw 'a text';
  };
  const begun = work();
  await act('other', 1);
  await act('another', 2);
  return [begun instanceof Promise];
}

/** A call of foreign code that leaves a rejection behind: that is not ours. */
export async function careless(): Promise<unknown> {
  'use durable';
  await beyond();
  await act('other', 1);
  return 'not reached';
}
