import { createCallback, sleep, startChild, waitFor } from 'use-durable';

/** What the runs in `runs.db.gz` are of. Which steps are called is kept where the test and the script look. */
const note = (text: string): void => {
  const world = globalThis as { notes?: string[] };
  world.notes ??= [];
  world.notes.push(text);
};

async function reserve(item: string): Promise<string> {
  note(`reserve ${item}`);
  return `${item} reserved`;
}

async function ship(item: string): Promise<string> {
  note(`ship ${item}`);
  return `${item} shipped`;
}

async function tell(token: string): Promise<void> {
  note(`token ${token}`);
}

export async function order(item: string): Promise<unknown[]> {
  'use durable';
  const reserved = await reserve(item);
  const paid = await waitFor('paid');
  return [reserved, paid, await ship(item)];
}

export async function parcel(item: string): Promise<unknown[]> {
  'use durable';
  const callback = await createCallback<string>();
  await tell(callback.token);
  const signed = await callback.result();
  return [signed, await ship(item)];
}

export async function basket(items: string[]): Promise<unknown[]> {
  'use durable';
  const first = await startChild(order, [items[0] ?? ''], { id: 'of-basket' });
  const answer = await first.result();
  await sleep('1ms');
  return [answer, await ship('basket')];
}

export async function nightly(): Promise<string> {
  'use durable';
  return await reserve('night');
}

export const parts = {
  async pack(item: string): Promise<string> {
    'use durable as pack-part';
    await waitFor('packed');
    return await ship(item);
  },
};
