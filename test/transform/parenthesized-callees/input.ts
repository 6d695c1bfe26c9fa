import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

const api = {
  tag: 'api',
  async load(name: string): Promise<string> {
    effect(`load ${this?.tag} ${name}`);
    return later(1, `${this?.tag} ${name}`);
  },
  self(): typeof api {
    return this;
  },
};

const maker = (prefix: string) => async (name: string) => {
  effect(`made ${prefix} ${name}`);
  return later(1, prefix + name);
};

async function connect(): Promise<string[]> {
  effect('connect');
  return later(1, ['r1', 'r2']);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const local = {
    tag: 'local',
    async go(name: string) {
      return `${this.tag} ${await job(name)}`;
    },
  };
  const open = async () => local;
  // With and without their `this`.
  out.push(await (job)('a'), await (api.load)('b'), await (api.load!)('c'), await (0, api.load).call(undefined, 'd'));
  out.push(await (out.length > 0 ? job : api.load)('e'));
  out.push(await (local.go)('f'), await (await open()).go('g'));
  out.push(await api.self().load('h'), await api.self().self().load('i'));
  out.push(await maker('x')('j'), await (await connect()).length, (await connect()).map((row) => row).join());
  out.push(await Promise.all((await connect()).map((row) => job(row))));
  out.push(await (api as { load(name: string): Promise<string> }).load('k'));
  return out;
}
