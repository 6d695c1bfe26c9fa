import { effect, fail, later } from '../../support/effects.ts';

const ready = later(2, 'ready');
const broken = fail(2, new Error('broken'));
broken.catch(() => {});
const db = {
  ready: later(1, { connected: true }),
  get fresh(): Promise<string> {
    effect('fresh');
    return later(1, 'fresh');
  },
  pools: { main: later(1, 'main') } as Record<string, Promise<string>>,
  plain: 5,
};

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await ready, await db.ready, await db.fresh, await db.pools['main'], await db.plain);
  try {
    await broken;
  } catch (error) {
    out.push((error as Error).message);
  }
  out.push(await Promise.all([ready, db.ready, job('all')]));
  out.push(await Promise.race([new Promise<never>(() => {}), ready]));
  const alias = db.ready;
  out.push(await alias);
  out.push(await ready.then((text) => text.length));
  const key = 'main';
  out.push(await db.pools[key]);
  out.push(await undefined, await null, await 5, await { then: undefined });
  out.push(await (ready as Promise<string>)!);
  return out;
}
