import { effect, fail, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

async function bad(name: string): Promise<string> {
  effect(`bad ${name}`);
  return fail(1, new Error(name));
}

async function notify(error: Error): Promise<string> {
  effect(`notify ${error.message}`);
  return later(1, `notified ${error.message}`);
}

async function cleanup(): Promise<void> {
  effect('cleanup');
  await later(1, 0);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await bad('1').catch(notify));
  out.push(await job('2').finally(cleanup));
  const p = bad('3');
  out.push(await p.catch(notify));
  const q = job('4');
  out.push(await q.then(job).then(job));
  out.push(await q.finally(cleanup));
  const local = async () => await job('5');
  out.push(await local().then(job));
  out.push(await Promise.resolve('6').then(job));
  out.push(await Promise.all([job('7'), job('8')].map((promise) => promise.then(job, notify))));
  return out;
}
