import { step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// What a step was given, where it changes while the step is under way: loop variables, nested objects, Maps, arguments, this.
async function publish(what: unknown, ms = 30): Promise<string> {
  const body = JSON.stringify(what instanceof Map ? [...what] : what);
  effect(`publish ${body}`);
  return later(ms, body);
}
const tick = async (n: number): Promise<number> => later(n, n);

export async function main(): Promise<unknown> {
  'use durable';
  const seen = new Map<string, number>();
  const queue = [3, 2, 1];
  const sent: Promise<string>[] = [];
  for (let n = queue.shift(); n !== undefined; n = queue.shift()) {
    seen.set(`k${n}`, n);
    sent.push(publish(seen), publish({ queue, n, nested: { at: queue.length } }));
    await tick(n);
  }
  let stage = 'first';
  const state = { deep: { list: ['a'] } };
  const later1 = step('named', () => publish([stage, state]));
  const closure = async (...rest: unknown[]) => publish([stage, rest, state.deep]);
  const own = closure(stage, state.deep.list);
  stage = `second ${await tick(4)}`;
  state.deep.list.push('b');
  const later2 = step('again', () => publish([stage, state]));
  state.deep = { list: ['c'] };
  await tick(5);
  return [await Promise.all(sent), await later1, await own, await later2, state, [...seen]];
}
