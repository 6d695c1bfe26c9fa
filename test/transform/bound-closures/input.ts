import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  async function note(this: { tag: string } | null, name: string): Promise<number> {
    const text = await job(name);
    log.push(`${this?.tag} ${text}`);
    return log.length;
  }
  // Bound, and then kept where it flows into an await and a result.
  const kept = { bound: note.bind({ tag: 'kept' }, 'a') };
  const first = await kept.bound();
  const list = [note.bind(null, 'b'), note.bind({ tag: 'list' }, 'c')];
  const counts: number[] = [];
  for (const fn of list) counts.push(await fn());
  const direct = await note.bind({ tag: 'direct' }, 'd')();
  const together = await Promise.all(list.map((fn) => fn()));
  return { first, counts, direct, together, log };
}
