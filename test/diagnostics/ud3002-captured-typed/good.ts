import { step } from 'use-durable';

class Redis {
  async set(_key: string, _value: string): Promise<void> {}
  async delete(_key: string): Promise<void> {}
  batch(): { add(key: string): Promise<void> } {
    return { add: async () => {} };
  }
}

export async function main(): Promise<unknown> {
  'use durable';
  const redis = new Redis();
  const batch = redis.batch();
  const seen: ReadonlySet<string> = new Set(['a']);
  await step('save', async () => {
    await redis.set('a', 'b');
    await redis.delete('a');
    await batch.add('a');
    const own = new Set(seen);
    own.add('b');
    return own;
  });
  return seen;
}
