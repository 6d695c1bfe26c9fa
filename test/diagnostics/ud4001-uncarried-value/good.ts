import { open, readdir, readFile } from 'node:fs/promises';
import { createRuntime, memoryStore, registerClass, step } from 'use-durable';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  plus(other: Money): Money {
    return new Money(this.cents + other.cents);
  }
}
registerClass(Money);

class Euro extends Money {}

class Refused extends Error {
  readonly tries = 1;
  again(): boolean {
    return true;
  }
}

/** Used as the name of a shape. */
class Form {
  name = '';
}

interface Tree {
  readonly value: bigint | Date | URL | RegExp;
  readonly children: readonly Tree[];
  readonly seen?: Set<string>;
  readonly onChange?: () => void;
}

enum Color {
  Red,
  Green,
}

type Id = string & { readonly __id: unique symbol };

const things = {
  price: async (): Promise<Money> => new Money(1),
  euro: async (): Promise<Euro> => new Euro(1),
  form: async (): Promise<Form> => ({ name: 'a' }),
  tree: async (): Promise<Tree> => ({ value: 1n, children: [] }),
  refused: async (): Promise<Refused[]> => [],
  color: async (): Promise<Color> => Color.Red,
  id: async (): Promise<Id> => 'a' as Id,
  any: async (): Promise<ReturnType<typeof JSON.parse>> => 1,
  list: async (): Promise<Iterable<string>> => ['a'],
  shown: async (): Promise<{ toString(): string }> => 'a',
  same: async <T>(value: T): Promise<T> => value,
  table: async (): Promise<Map<string, Uint8Array>> => new Map(),
  nothing: async (): Promise<void> => {},
};

/** Called by another durable function, so it runs inside its run and is handed anything. */
async function each(names: string[], visit: (name: string) => void): Promise<() => number> {
  'use durable';
  for (const name of names) visit(name);
  await things.nothing();
  return () => names.length;
}

export async function main(names: string[] = [], price?: Money): Promise<unknown> {
  'use durable';
  const found: string[] = [];
  const count = await each(names, (name) => found.push(name));
  const open_ = async (): Promise<() => number> => () => found.length;
  const local = await open_();
  const size = await step('size', async () => {
    const file = await open('a');
    return (await file.stat()).size;
  });
  const response = await fetch('https://example.org');
  return [
    await things.price(),
    await things.euro(),
    await things.form(),
    await things.tree(),
    await things.refused(),
    await things.color(),
    await things.id(),
    await things.any(),
    await things.list(),
    await things.shown(),
    await things.same({ a: 1 }),
    await things.table(),
    await things.nothing(),
    await readdir('.'),
    await readFile('a'),
    await response.text(),
    count(),
    local(),
    size,
    price,
  ];
}

export const run = () => createRuntime({ store: memoryStore() }).start(main, [['a']]);
