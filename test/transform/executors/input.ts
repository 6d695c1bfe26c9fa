import { effect, later } from '../../support/effects.ts';

async function load(name: string): Promise<string> {
  effect(`load ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  // Loads what is asked for in one turn with one call.
  const asked: [key: string, resolve: (value: string) => void][] = [];
  const known = new Map<string, Promise<string>>();
  const one = (key: string): Promise<string> => {
    const hit = known.get(key);
    if (hit) return hit;
    const promise = new Promise<string>((resolve) => {
      asked.push([key, resolve]);
      if (asked.length > 1) return;
      void Promise.resolve().then(async () => {
        const batch = asked.splice(0);
        const answer = await load(batch.map(([name]) => name).join('+'));
        for (const [name, answered] of batch) answered(`${answer}:${name}`);
      });
    });
    known.set(key, promise);
    return promise;
  };
  const loaded = await Promise.all([one('a'), one('b'), one('a')]);
  // The executor hands on a step, and changes what is around it.
  let tries = 0;
  const handed = await new Promise((resolve, reject) => {
    tries++;
    load('handed').then(resolve, reject);
  });
  const refused = await new Promise((_, reject) => {
    tries++;
    if (tries > 1) reject(new RangeError('enough'));
  }).catch((error: Error) => error.message);
  return { loaded, handed, refused, tries, again: await one('b') };
}
