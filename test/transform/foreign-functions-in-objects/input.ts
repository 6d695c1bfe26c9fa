import { effect, later } from '../../support/effects.ts';

async function fetchIt(name: string): Promise<string> {
  effect(`fetch ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  // A foreign function beside a method of the function's own: it stays a step, here and everywhere.
  let calls = 0;
  const tools = {
    fetchIt,
    direct: fetchIt,
    async both(name: string): Promise<string[]> {
      calls++;
      return [await this.fetchIt(`${name} 1`), await this.direct(`${name} 2`)];
    },
  };
  const a = await tools.fetchIt('a');
  const b = await tools.both('b');
  const c = await fetchIt('c');
  const { fetchIt: taken } = tools;
  const d = await taken('d');
  return { a, b, c, d, calls };
}
