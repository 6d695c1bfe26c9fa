import { effect, later } from '../../support/effects.ts';

async function foreign(this: unknown, ...args: unknown[]): Promise<string> {
  effect(`foreign ${(this as { tag?: string } | undefined)?.tag} ${args.join()}`);
  return later(1, `${(this as { tag?: string } | undefined)?.tag}:${args.join()}`);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const self = { tag: 'self' };
  async function local(this: { tag: string } | undefined, a: string, b = 'b'): Promise<string> {
    return `${this?.tag} ${a} ${await foreign(b)}`;
  }
  out.push(await local.call(self, 'call'));
  out.push(await local.apply(self, ['apply', 'x']));
  const bound = local.bind(self, 'bound');
  out.push(await bound(), await bound('y'));
  const arrow = (async (x: string) => `${x}${await foreign('in arrow')}`).bind(null);
  out.push(await arrow('arrow '));
  out.push(await foreign.call(self, 1, 2), await foreign.apply(self, [3, 4]));
  const boundForeign = foreign.bind(self, 5);
  out.push(await boundForeign(6));
  const object = { tag: 'object', local, both: [bound, boundForeign] };
  out.push(await object.local('method'));
  for (const fn of object.both) out.push(await fn('loop'));
  out.push(await Promise.all(['p', 'q'].map((x) => bound(x))));
  out.push(await Reflect.apply(local, self, ['reflect']));
  return out;
}
