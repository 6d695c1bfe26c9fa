import { effect, later } from '../../support/effects.ts';

interface Service {
  run(n: number): Promise<string>;
}

const service = (name: string): Service => ({
  async run(n) {
    effect(`run ${name} ${n}`);
    return later(1, `${name}${n}`);
  },
});

const services = new Map([
  ['a', service('a')],
  ['b', service('b')],
]);
const list = [service('l0'), service('l1')];

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await services.get('a')!.run(1));
  out.push(await list.at(-1)!.run(2));
  out.push(await list.find((s) => s !== list[0])!.run(3));
  const local = new Map(services);
  out.push(await local.get('b')!.run(4));
  out.push(await [...local.values()][0]!.run(5));
  out.push(await Object.values({ s: list[0]! })[0]!.run(6));
  const pending = [list.at(0)!.run(7), local.get('a')!.run(8)];
  out.push(...(await Promise.all(pending)));
  out.push(await Promise.all(list.map((s) => s.run(9))));
  const closures = new Map([['c', { go: async (n: number) => `closure ${await list[0]!.run(n)}` }]]);
  out.push(await closures.get('c')!.go(10));
  const handlers = [async (n: number) => list[1]!.run(n)];
  out.push(await handlers.at(0)!(11));
  return out;
}
