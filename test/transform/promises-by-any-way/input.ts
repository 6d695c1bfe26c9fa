import { effect, later } from '../../support/effects.ts';

// Promises of calls that reach their `await` through builtins of the language: each call is a step, once.
async function charge(n: number): Promise<number> {
  effect(`charge ${n}`);
  return later(1, n);
}

const bank = { charge };

async function add(sum: number, n: number): Promise<number> {
  effect(`add ${sum} ${n}`);
  return later(1, sum + n);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await [1, 2].reduce((p, n) => p.then((s) => add(s, n)), charge(1)));
  out.push(await [3].reduceRight((p, n) => p.then((s) => add(s, n)), charge(2)));
  out.push(await [1].reduce(async (p, n) => (await p) + (await add(0, n)), charge(3)));
  const f = async (p: Promise<number>) => (await p) + 1;
  const g = async (n: number, p: Promise<number>) => n + (await p);
  out.push(await f.apply(null, [charge(4)]));
  out.push(await g(...([1, charge(5)] as const)));
  out.push(await f.bind(null, charge(6))());
  out.push(await f.call(null, charge(7)));
  out.push(await Reflect.apply(f, null, [charge(8)]));
  out.push(await Promise.all(Array.of(charge(9), charge(10))));
  const o: { p?: Promise<number>; q?: Promise<number> } = {};
  Reflect.set(o, 'p', charge(11));
  out.push(await o.p);
  Object.defineProperty(o, 'q', { value: charge(12) });
  out.push(await o.q);
  out.push(await Promise.all(([] as Promise<number>[]).concat(charge(13), [charge(14)])));
  out.push(await Object.assign({}, { p: charge(15) }).p);
  out.push(await new Map([['a', charge(16)]]).get('a'));
  out.push(await Promise.all(new Set([charge(17), charge(18)])));
  out.push(await new Promise((r) => r(charge(19))), await Promise.resolve(charge(20)));
  const first = async (p = charge(21)) => await p;
  out.push(await first(), await first(charge(22)));
  const [a, { b, ...rest }] = [charge(23), { b: charge(24), c: charge(25) }] as const;
  out.push(await a, await b, await rest.c);
  const making = function* () {
    yield charge(26);
    yield charge(27);
  };
  for (const p of making()) out.push(await p);
  out.push(await Promise.all(making()), await Promise.all([...making()]));
  const getters = {
    get now() {
      return charge(28);
    },
  };
  out.push(await getters.now);
  class Job {
    static shared = charge(29);
    own = charge(30);
    held: Promise<number>;
    constructor(p: Promise<number>) {
      this.held = p;
    }
  }
  const job = Reflect.construct(Job, [charge(31)]) as Job;
  out.push(await Job.shared, await job.own, await job.held);
  const tag = async (_: TemplateStringsArray, p: Promise<number>) => await p;
  out.push(await tag`n = ${charge(32)}`);
  const jobs = new Map<string, Promise<number>>();
  jobs.set('a', charge(33)).set('b', charge(34));
  out.push(await jobs.get('a'), await Promise.all(jobs.values()));
  const weak = new WeakMap<object, Promise<number>>();
  weak.set(o, charge(35));
  out.push(await weak.get(o));
  const table = Object.fromEntries([['k', charge(36)]]);
  out.push(await table['k'], await Promise.all(Object.values(table)));
  out.push(await Promise.all([[charge(37)], charge(38)].flat()));
  const made = Array.from({ length: 2 }, (_, i) => charge(40 + i));
  const [x, ...others] = made;
  out.push(await x, await Promise.all(others));
  let last: Promise<number> | undefined;
  [last] = [charge(42)];
  ({ last } = { last: charge(43) });
  out.push(await last);
  const picked = (n: number) => (n > 0 ? charge(44) : charge(45));
  out.push(await [1].map(picked)[0], await picked.call(null, -1));
  // Nobody waits for them: they are done all the same, and once.
  bank.charge(46);
  void bank.charge(47);
  out.length > 3 && bank.charge(48);
  const unused = bank.charge(49);
  return [out, await add(1, 1), await add(2, 2), await charge(50)];
}
