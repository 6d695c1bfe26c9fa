import { step } from 'use-durable';

async function* readRows(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

async function readAll(): Promise<number[]> {
  const all: number[] = [];
  for await (const row of readRows()) all.push(row);
  return all;
}

async function pageFrom(token: number): Promise<{ rows: number[]; next: number | undefined }> {
  return { rows: [token], next: token < 3 ? token + 1 : undefined };
}

/** The server of the queue knows what is next. */
const queue = {
  next: async (): Promise<string> => 'job',
  read: async (id: number): Promise<number> => id,
};
const jobs = readRows();

export async function main(): Promise<number> {
  'use durable';
  let sum = 0;
  const rows = await readAll();
  for (const row of rows) sum += row;
  for (let at: number | undefined = 1; at !== undefined; ) {
    const { rows: page, next } = await pageFrom(at);
    sum += page.length;
    at = next;
  }
  async function* own(): AsyncGenerator<number> {
    yield (await pageFrom(7)).rows.length;
  }
  const mine = own();
  for (let one = await mine.next(); !one.done; one = await mine.next()) sum += one.value;
  const text = await (await fetch('https://example.com')).text();
  const job = await step(() => jobs.next());
  return sum + text.length + (await queue.next()).length + (await queue.read(1)) + Number(job.value);
}
