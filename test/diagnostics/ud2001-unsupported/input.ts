import { job } from './steps.ts';

export async function stacked(): Promise<unknown> {
  'use durable';
  await using stack = new AsyncDisposableStack();
  stack.defer(() => job('unlock'));
  return job('lock');
}

export async function shorthand(): Promise<unknown> {
  'use durable';
  const tools = { console };
  return Object.keys(tools);
}

export async function computed(name: string, others: object): Promise<unknown> {
  'use durable';
  const tools = {
    ...others,
    async [name]() {
      return super.toString();
    },
  };
  return Object.keys(tools);
}

export async function chained(queue: { next?(): Promise<string> }): Promise<unknown> {
  'use durable';
  return await queue.next?.().then((text) => text.trim()).concat('!');
}

export async function inClause(kind: string): Promise<unknown> {
  'use durable';
  switch (kind) {
    case 'lock':
      await using lock = { [Symbol.asyncDispose]: () => job('unlock') };
      return Object.keys(lock);
    default:
      return kind;
  }
}
