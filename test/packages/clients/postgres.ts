import postgres from 'postgres';

const sql = postgres(process.env.POSTGRES_URL ?? '', { max: 1, onnotice: () => {} });
export const close = () => sql.end();

interface Order {
  readonly id: number;
  readonly customer: string;
  readonly at: Date;
}

export async function main() {
  'use durable';
  await sql`drop table if exists orders`;
  await sql`create table orders (id serial primary key, customer text, at timestamptz)`;
  const inserted = await sql<Order[]>`insert into orders ${sql([
    { customer: 'ada', at: new Date(0) },
    { customer: 'bob', at: new Date(1000) },
  ])} returning *`;
  const [first, second] = inserted;
  const late = await sql<Order[]>`select * from orders where at > ${new Date(500)}`;
  const none = await sql`update orders set customer = 'eve' where id = ${99}`;
  const moved = await sql.begin(async (tx) => {
    await tx`update orders set customer = 'zoe' where id = ${1}`;
    return await tx<Order[]>`select customer from orders order by id`;
  });
  const names: string[] = [];
  for (const { customer } of inserted) names.push(customer);
  return [
    [...inserted],
    first?.at.getTime(),
    second?.customer,
    [
      inserted.count,
      inserted.command,
      inserted.length,
      inserted.columns.map(({ name, type }) => [name, type]),
    ],
    late.map(({ id }) => id),
    [none.count, none.command, none.length],
    moved.map(({ customer }) => customer),
    names,
  ];
}
