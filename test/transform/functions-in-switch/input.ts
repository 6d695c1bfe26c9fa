import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  switch (await job('kind')) {
    case 'never':
      out.push('never');
      break;
    case 'kind':
      out.push(await Promise.all(['p', 'q'].map(inner)));
      async function inner(name: string): Promise<string> {
        return `${await job(name)}!`;
      }
      const table = { inner };
      out.push(await table.inner('r'));
      break;
    default:
  }
  return out;
}
