import { effect, later } from '../../support/effects.ts';

class Table {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  async insert(row: { id: number }): Promise<string> {
    effect(`insert ${this.name} ${row.id}`);
    await later(2, 0);
    return `${this.name}#${row.id}`;
  }
  async 'full scan'(limit: number): Promise<number[]> {
    effect(`scan ${this.name} ${limit}`);
    await later(1, 0);
    return Array.from({ length: limit }, (_, i) => i);
  }
  count(): Promise<number> {
    effect(`count ${this.name}`);
    return later(1, 3);
  }
}

const db = {
  tables: { users: new Table('users'), 'audit log': new Table('audit') } as const,
  get current(): Table {
    return new Table('current');
  },
  list: [new Table('t0'), new Table('t1')],
  open(name: string): Table {
    return new Table(name);
  },
};

const handlers: Record<string, (n: number) => Promise<number>> = {
  async double(n) {
    effect(`double ${n}`);
    return later(1, n * 2);
  },
  triple: async (n) => {
    effect(`triple ${n}`);
    return later(1, n * 3);
  },
};

const INSERT = 'insert';

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await db.tables.users.insert({ id: 1 }));
  out.push(await db.tables['audit log'].insert({ id: 2 }));
  out.push(await db.tables.users['full scan'](2));
  out.push(await db.current.insert({ id: 3 }));
  for (let i = 0; i < 2; i++) out.push(await db.list[i]!.insert({ id: i + 4 }));
  out.push(await db.list.at(-1)!.count());
  for (const name of ['double', 'triple']) out.push(await handlers[name]!(5));
  out.push(await db.tables.users[INSERT]({ id: 6 }));
  out.push(await new Table('fresh').count());
  out.push(await (db.tables as { users: Table }).users!.count());
  const { users } = db.tables;
  out.push(await users.insert({ id: 8 }));
  const local = { table: users, nested: { table: users } };
  out.push(await local.nested.table.count());
  return out;
}
