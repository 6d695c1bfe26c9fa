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
  let count = 0;
  async function* pages(n: number): AsyncGenerator<any> {
    try {
      for (let i = 0; i < n; i++) {
        count++;
        const page = await load(`page ${i}`);
        yield page;
        out.push(await (yield load(`item ${i}`)));
        yield* [load('x'), load('y'), 3];
      }
      return load('end');
    } finally {
      out.push(await load('finally'));
      count += 100;
    }
  }
  for await (const p of pages(2)) out.push(p);
  for await (const p of pages(5)) { out.push(p); if (p === 'item 1') break; }
  const it = pages(1);
  out.push(await it.next());
  out.push(await it.next(1));
  const later = it.next(load('arg'));
  out.push(await later);
  out.push(await it.return(await load('r')));
  const again = pages(3);
  await again.next();
  try { await again.throw(new Error('thrown')); } catch (e) { out.push((e as Error).message); }
  const arrow = async function* () { yield* pages(1); return 5; };
  async function* deep(): any { const r = yield* arrow(); yield r; yield count; }
  for await (const d of deep()) out.push(d);
  out.push(await Array.fromAsync(deep()), await Array.fromAsync([load(1), load(2)]), await Array.fromAsync([1,2], load), await Array.fromAsync([1,2], async (x) => { count++; return load(x + count); }));
  return [out, count];
}
