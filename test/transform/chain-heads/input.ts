import { effect, later } from '../../support/effects.ts';

class Query {
  readonly parts: readonly string[];
  constructor(parts: readonly string[] = []) {
    this.parts = parts;
  }
  from(table: string): Query {
    return new Query([...this.parts, `from ${table}`]);
  }
  where(condition: string): Query {
    return new Query([...this.parts, `where ${condition}`]);
  }
  // A query builder: it does its work when it is awaited.
  // biome-ignore lint/suspicious/noThenProperty: that is what is tested
  then<T>(resolve: (text: string) => T, reject: (error: unknown) => T): Promise<T> {
    effect(this.parts.join(' '));
    return later(1, this.parts.join(' ')).then(resolve, reject);
  }
}

const db = { select: () => new Query(['select']) };

async function read(name: string): Promise<{ text: string }> {
  effect(`read ${name}`);
  return later(1, { text: name });
}

export class Store {
  static async #open(name: string): Promise<string> {
    effect(`open ${name}`);
    return later(1, name);
  }
  static async run(name: string): Promise<unknown> {
    'use durable';
    const opened = await this.#open(name).then((text) => text.toUpperCase());
    const id = 7;
    const found = await db.select().from('users').where(`id = ${id}`);
    return { opened, found };
  }
}

export async function main(): Promise<unknown> {
  'use durable';
  const text = await read('file').then(({ text: inner }) => inner.length);
  const wrapped = (await read('wrapped')).text.trim();
  const table = 'orders';
  const rows = await db
    .select()
    .from(table) // one step, over several lines
    .where('true');
  return { text, wrapped, rows, store: await Store.run('store') };
}
