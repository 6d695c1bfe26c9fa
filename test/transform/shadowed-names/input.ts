import { sleep as nap, step as named } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

function sleep(text: string): Promise<string> {
  effect(`my sleep ${text}`);
  return later(1, `slept ${text}`);
}

async function setTimeout(text: string): Promise<string> {
  effect(`my setTimeout ${text}`);
  return later(1, text);
}

const crypto = { randomUUID: () => 'fixed' };

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await sleep('foreign'), await setTimeout('foreign'), crypto.randomUUID());
  await nap(1);
  out.push(await named('by hand', () => job('by hand')));
  {
    const console = { log: (...args: unknown[]) => void out.push(args) };
    console.log('local console');
    const Date = { now: () => 42 };
    out.push(Date.now());
    const Math = { random: () => 0.5 };
    out.push(Math.random());
    const performance = { now: () => 'p' };
    out.push(performance.now());
  }
  const inner = async (step: (name: string) => Promise<string>, job: string) => [await step(job), job];
  out.push(await inner(job, 'parameter'));
  out.push(await inner(async (name) => job(`closure ${name}`), 'x'));
  {
    const Promise = { all: async (xs: string[]) => [await job('my all'), ...xs] };
    out.push(await Promise.all(['mine']));
  }
  {
    const nap = async (n: number) => `local ${await job(`nap ${n}`)}`;
    out.push(await nap(1));
  }
  for (const job of ['loop variable']) out.push(job);
  try {
    throw 'thrown';
  } catch (job) {
    out.push(job);
  }
  const $ = 'dollar';
  const $1 = { $durable: $ };
  const $durable = await job($1.$durable);
  const later = ({ arguments: args = [1] } = {}) => args;
  out.push($durable, later(), typeof Date.now());
  return out;
}
