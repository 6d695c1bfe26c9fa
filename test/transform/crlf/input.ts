import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const a = await job(
    'a',
  );
  const b = await job('b')
    // a comment
    .then(
      (s) => s + a,
    );
  const c = await Promise.all(
    ['c', 'd'].map(
      async (s) =>
        `${await job(s)}
line`,
    ),
  );
  const d = (
    await
    job
    (
      'e'
    )
  );
  return { a, b, c, d };
}
