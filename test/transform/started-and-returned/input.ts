import { effect, later } from '../../support/effects.ts';

async function job(name: string, ms = 2): Promise<string> {
  effect(`job ${name}`);
  return later(ms, name);
}

function label(name: string): string {
  return `[${name}]`;
}

export async function main(): Promise<unknown> {
  'use durable';
  const arrow = async (n: string) => job(n);
  const local = async (n: string) => {
    const promise = job(`${n} local`);
    return promise;
  };
  const conditional = async (flag: boolean) => {
    return flag ? job('yes') : label('no');
  };
  const logical = async (value: string | null) => {
    return value ?? job('instead');
  };
  const start = async () => ({ promise: job('in an object') });
  const results = [await arrow('arrow'), await local('l'), await conditional(true), await conditional(false), await logical('value'), await logical(null)];
  const { promise } = await start();
  results.push(await promise);
  const later = [job('x', 10), job('y', 1)];
  let captured: Promise<string> | undefined;
  const set = () => {
    captured = job('captured');
  };
  set();
  results.push((await captured) ?? 'none');
  results.push(...(await Promise.all(later)));
  return job(results.join(','));
}
