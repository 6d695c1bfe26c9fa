import { effect, later } from '../../support/effects.ts';

async function job(name: string, ms = 1): Promise<string> {
  effect(`job ${name}`);
  return later(ms, name);
}

const boot = later(30, 'boot');
const warm = [later(25, 'warm 1'), 'plain', later(30, 'warm 2')];
const service = {
  get ready(): Promise<string> {
    effect('ready');
    return later(10, 'ready');
  },
  client: { connection: later(20, 'connection') },
  limit: 5,
  tables: { users: later(15, 'users') } as Record<string, Promise<string>>,
};

export async function main(): Promise<unknown> {
  'use durable';
  const table = 'users';
  const all = await Promise.all([
    boot,
    service.ready,
    service.client.connection,
    service.limit,
    job('all'),
    service.tables[table],
    service.tables[await job('users')],
    undefined,
    Math.PI,
  ]);
  const list = await Promise.all(warm);
  const winner = await Promise.race([job('slow', 60), boot]);
  const settled = await Promise.allSettled([service?.ready, job('settled')]);
  return [all, list, winner, settled, await job('end')];
}
