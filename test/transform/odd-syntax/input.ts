import { effect, later } from '../../support/effects.ts';

const api = {
  v1() {
    return {
      list: async (n: number): Promise<number> => {
        effect(`list ${n}`);
        return later(1, n);
      },
    };
  },
};

async function factory(name: string): Promise<string> {
  effect(`factory ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [await api.v1().list(1), await (api.v1()).list(2), await api.v1()!.list(3)];
  let named: (() => Promise<string>) | undefined;
  ({ named = async () => await factory('named') } = {} as { named?: () => Promise<string> });
  out.push(named.name, await named());
  out.push((await import('node:path')).sep.length);
  return out;
}
