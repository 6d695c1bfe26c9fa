import { step } from 'use-durable';

interface Job {
  readonly id: string;
  withdraw(): void;
}

class QueuedJob implements Job {
  readonly id = '1';
  withdraw(): void {}
}

interface Shown {
  toISOString(): string;
}

const queue = {
  add: async (): Promise<Job> => new QueuedJob(),
  when: async (): Promise<Shown> => new Date(0),
};

export async function main(): Promise<unknown> {
  'use durable';
  const { id } = await queue.add();
  await step('add and withdraw', async () => (await queue.add()).withdraw());
  return [id, (await queue.when()).toISOString()];
}
