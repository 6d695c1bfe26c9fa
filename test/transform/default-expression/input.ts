import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export default (async function (name: string, _more?: number): Promise<string> {
  'use durable';
  return await job(name);
});

export async function main(): Promise<unknown> {
  'use durable';
  const { default: exported } = await import(import.meta.url);
  return [await exported('a'), exported.length];
}
