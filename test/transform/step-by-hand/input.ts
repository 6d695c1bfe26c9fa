import { step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function charge(id: number): Promise<string> {
  effect(`charge ${id}`);
  return later(1, `charged ${id}`);
}

const tx = {
  async run<T>(body: (write: (row: string) => Promise<number>) => Promise<T>): Promise<T> {
    effect('begin');
    const rows: string[] = [];
    const result = await body(async (row) => {
      effect(`write ${row}`);
      rows.push(row);
      return later(1, rows.length);
    });
    effect(`commit ${rows.length}`);
    return result;
  },
};

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await step('charge card', () => charge(1)));
  out.push(await step('charge', () => charge(2)));
  out.push(await charge(3));
  out.push(await step('charge', async () => `${await charge(4)} & ${await charge(5)}`));
  out.push(await step(() => charge(6)));
  out.push(await step('sync', () => 7));
  for (const id of [8, 9]) out.push(await step(`for ${id}`, () => charge(id)));
  const name = 'computed name';
  out.push(await step(name, () => charge(10)));
  try {
    await step('fails', () => {
      effect('fails');
      throw new RangeError('by hand');
    });
  } catch (error) {
    out.push((error as Error).name);
  }
  out.push(await Promise.all([step('p', () => charge(11)), step('q', () => charge(12))]));
  // A closure handed to a step belongs to it, and is plain code.
  out.push(
    await tx.run(async (write) => {
      const first = await write('a');
      const second = await write(`b${first}`);
      return first + second;
    }),
  );
  return out;
}
