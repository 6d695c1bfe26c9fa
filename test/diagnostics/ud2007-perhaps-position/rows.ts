export async function* readRows(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

export async function readAll(): Promise<number[]> {
  const all: number[] = [];
  for await (const row of readRows()) all.push(row);
  return all;
}

export class Cursor {
  #at = 0;
  async hasNext(): Promise<boolean> {
    return this.#at < 2;
  }
  async next(): Promise<number> {
    return this.#at++;
  }
}

/** The server of the queue knows what is next. */
export const queue = { next: async (): Promise<string> => 'job' };
