import { effect, later } from '../../support/effects.ts';

async function get(n: number): Promise<number> {
  effect(`get ${n}`);
  return later(1, n);
}

export async function main(): Promise<unknown> {
  'use durable';
  class Counter {
    n = 0;
    #m = 0;
    static all = 0;
    bump(by: number): number {
      this.n += by;
      return this.n;
    }
    async assigned(): Promise<number> {
      await get(1).then((v) => {
        this.n += v;
      });
      return this.n;
    }
    async called(): Promise<number> {
      await get(2).then((v) => this.bump(v));
      return this.n;
    }
    async later(): Promise<number> {
      const p = get(3).then((v) => {
        this.n += v;
      });
      await p;
      return this.n;
    }
    async hidden(): Promise<number> {
      const v = await get(4).then((w) => {
        this.#m += w;
        return w;
      });
      return v + this.#m;
    }
    static async total(): Promise<number> {
      await get(5).then((v) => {
        this.all += v;
      });
      return Counter.all;
    }
    async read(): Promise<string> {
      return await get(6).then((v) => `${v} ${this.n}`);
    }
  }
  const o = {
    n: 0,
    async run(): Promise<number> {
      await get(7).finally(() => {
        this.n++;
      });
      return this.n;
    },
  };
  const counter = new Counter();
  const out: unknown[] = [await counter.assigned(), await counter.called(), await counter.later()];
  out.push(await counter.hidden(), await Counter.total(), await counter.read(), await o.run());
  {
    // biome-ignore lint/correctness/noInnerDeclarations: that is what is tested
    var last = get(8);
  }
  out.push(await last);
  out.push(await Promise.all([get(9)].concat([get(10)])));
  let resolve!: (value: Promise<number>) => void;
  const given = new Promise<number>((r) => {
    resolve = r;
  });
  resolve(get(11));
  out.push(await given);
  return out;
}
