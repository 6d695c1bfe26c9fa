import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function outer(this: void, a: string, b = a + a, ...rest: string[]): Promise<unknown> {
  'use durable';
  // biome-ignore lint/complexity/noArguments: what it holds must not change
  const count = arguments.length;
  var hoistedVar = await job(`${a}${b}`);
  if (count > 0) {
    var hoistedVar = `${hoistedVar}!`;
    const a = await job('inner a');
    rest.push(a);
  }
  return { count, hoistedVar, b, rest };
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await outer('x'), await outer('y', 'z', 'r'));
  let counter = 0;
  const closures: (() => Promise<string>)[] = [];
  for (let i = 0; i < 2; i++) {
    closures.push(async () => {
      counter += i + 1;
      return job(`closure ${i} ${counter}`);
    });
  }
  counter = 10;
  for (const closure of closures) out.push(await closure());
  const lost = await (async () => {
    const before = counter;
    await job('yields');
    counter = before + 100;
    return counter;
  })();
  const self = await (async function named(n: number): Promise<number> {
    return n > 0 ? 1 + (await named(n - 1)) : ((await job('bottom')).length);
  })(2);
  const object = {
    n: 1,
    async bump() {
      const arrow = async () => {
        this.n += (await job(`bump ${this.n}`)).length;
        return this;
      };
      return (await arrow()).n;
    },
    get twice() {
      return this.n * 2;
    },
    set twice(value: number) {
      this.n = value / 2;
    },
  };
  out.push(await object.bump(), object.twice);
  object.twice = 8;
  out.push(await object.bump(), lost, self, counter);
  label: {
    const job = (s: string) => s;
    out.push(job('sync'));
    break label;
  }
  return out;
}
