import { effect, later } from '../../support/effects.ts';

async function act(name: string): Promise<string> {
  effect(name);
  return later(1, `${name}!`);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const list = [async () => act('list 0'), async (n = 1) => `${await act('list 1')}${n}`];
  for (const fn of list) out.push(await fn());
  out.push(await list[1]!(5));
  const table = {
    arrow: async (x: string) => act(`arrow ${x}`),
    async method(x: string) {
      return `${await act(`method ${x}`)}${this.suffix}`;
    },
    plain: function (x: string) {
      return act(`plain ${x}`);
    },
    act,
    suffix: '?',
    nested: { deep: async () => [await act('deep 1'), await act('deep 2')] },
    async ['comp' + 'uted']() {
      return act('computed');
    },
  };
  out.push(await table.arrow('x'), await table.method('y'), await table.plain('z'), await table.act('act'));
  out.push(await table.nested.deep());
  out.push(await (table as any)['computed']());
  for (const key of ['arrow', 'method'] as const) out.push(await table[key](key));
  const map = new Map<string, (n: number) => Promise<string>>([['one', async (n) => act(`one ${n}`)]]);
  map.set('two', async (n) => act(`two ${n}`));
  for (const [key, fn] of map) out.push(key, await fn(key.length));
  out.push(await map.get('one')!(9));
  const holder: { fn?: () => Promise<string> } = {};
  holder.fn = async () => act('assigned');
  out.push(await holder.fn());
  out.push(await Promise.all(Object.values({ p: async () => act('p'), q: async () => act('q') }).map((fn) => fn())));
  return out;
}
