import { effect, later } from '../../support/effects.ts';

interface User {
  readonly name: string;
  readonly email: string;
}

async function validate(name: string, email: string): Promise<User> {
  effect(`validate ${name} ${email}`);
  await later(3, 0);
  return { name: name.trim(), email };
}

async function startJob(user: User): Promise<{ id: number; owner: string }> {
  effect(`start ${user.name}`);
  await later(2, 0);
  return { id: 7, owner: user.name };
}

async function checkStatus(id: number, attempt: number): Promise<{ completed: boolean }> {
  effect(`check ${id} ${attempt}`);
  await later(1, 0);
  return { completed: attempt === 3 };
}

/** Synchronous, and awaited all the same. */
function stamp(text: string): string {
  effect(`stamp ${text}`);
  return `<${text}>`;
}

const half = (n: number): number => n / 2;

export async function main(): Promise<unknown> {
  'use durable';
  const user = await validate(' ada ', 'a@b.c');
  const job = await startJob(user);
  let checks = 0;
  for (let attempt = 1; attempt <= 10; attempt++) {
    checks += 1;
    const status = await checkStatus(job.id, attempt);
    if (status.completed) break;
  }
  const text = await stamp(user.name);
  await stamp('ignored');
  void 0;
  return { user, job, checks, text, half: half(checks), list: [await stamp('a'), await stamp('b')] };
}
