import { sleep } from 'use-durable';
import { work } from '../effects.ts';

export async function pages(): Promise<unknown> {
  'use durable';
  async function* read(book: string, last: number): AsyncGenerator<string, string> {
    for (let page = 1; page <= last; page++) {
      const text = await work(`${book} ${page}`, `text ${page}`);
      yield text;
    }
    return 'end';
  }
  const texts: string[] = [];
  for await (const text of read('novel', 3)) {
    texts.push(text);
    await sleep(1);
  }
  const partly = read('poems', 5);
  texts.push((await partly.next()).value);
  await partly.return('enough');
  return texts;
}
