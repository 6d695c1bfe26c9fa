interface Job {
  readonly id: string;
  withdraw(): void;
}

class QueuedJob implements Job {
  readonly id = '1';
  withdraw(): void {}
}

class Plain {
  readonly name = 'a';
  shown(): string {
    return this.name;
  }
}

const queue = {
  add: async (): Promise<Job> => new QueuedJob(),
  find: async (): Promise<Plain | { readonly name: string; shown: string }> => new Plain(),
};

export async function main(): Promise<unknown> {
  'use durable';
  const job = await queue.add();
  job.withdraw();
  const found = await queue.find();
  return [job.id, typeof found.shown];
}
