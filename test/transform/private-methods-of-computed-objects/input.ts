import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  class P {
    #secret = 1; next: P | undefined = n++ < 3 ? new P() : undefined;
    #fn: any = async (x: unknown) => { n++; return load('fn ' + x); };
    async #m(x: unknown) { n++; return load(`m ${x} ${this.#secret++}`); }
    static #s(x: unknown) { n++; return load('s ' + x); }
    async run(other: P | null) {
      const make = async () => { n++; return this; };
      const sync = () => this;
      out.push(await (await make()).#m(1), await sync().#m(2), await this.next!.#m(n++), await (other ?? this).#m(n++), await this.#fn(3), await (await make()).#fn(4), await (other ?? sync()).#fn(n++), await sync().#fn(5), await P.#s(6));
      const arr = [1, 2];
      out.push(await Promise.all(arr.map((x) => sync().#m(x))));
    }
  }
  const p = new P(); p.next = new P();
  await p.run(null);
  await p.run(p.next);
  class D extends Date { later(ms: number) { return new D(this.getTime() + ms); } }
  const d = new D(5), now = new D();
  out.push(d.later(5).getTime(), d instanceof Date, now.getTime() > 1e12, D.name, new D(2020, 1).getFullYear());
  const t = new D().getTime(); await load('between'); out.push(new D().getTime() >= t, typeof D.now());
  return [out, n];
}
