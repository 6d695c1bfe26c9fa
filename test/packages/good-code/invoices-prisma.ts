import { PrismaPg } from '@prisma/adapter-pg';
import { registerClass, sleep } from 'use-durable';
import { Prisma, PrismaClient } from '../.tmp/prisma/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.POSTGRES_URL, max: 2 }),
});
export const close = () => prisma.$disconnect();
export const reset = async () => {
  await prisma.item.deleteMany();
  await prisma.order.deleteMany();
  for (const [id, customer, total] of [
    [1, 'ada', '9.50'],
    [2, 'bob', '0'],
    [3, 'ada', '0.30'],
  ] as const)
    await prisma.order.create({ data: { id, customer, total, items: { create: [{ sku: `sku-${id}` }] } } });
};

registerClass(Prisma.Decimal, {
  id: 'decimal',
  encode: (decimal) => decimal.toString(),
  decode: (text: string) => new Prisma.Decimal(text),
});

export async function main() {
  'use durable';
  const open = await prisma.order.findMany({
    where: { status: 'OPEN' },
    include: { items: true },
    orderBy: { id: 'asc' },
  });
  let sum = new Prisma.Decimal(0);
  const paid: number[] = [];
  for (const { id, total, items } of open) {
    if (total.isZero()) continue;
    sum = sum.plus(total.times(items.length));
    await sleep('5ms');
    const { status } = await prisma.order.update({
      where: { id },
      data: { status: 'PAID' },
      select: { status: true },
    });
    if (status === 'PAID') paid.push(id);
  }
  const byCustomer = await prisma.order.groupBy({
    by: ['customer'],
    _sum: { total: true },
    orderBy: { customer: 'asc' },
  });
  return {
    paid,
    sum: sum.toFixed(2),
    byCustomer: byCustomer.map(({ customer, _sum }) => [customer, _sum.total?.toFixed(2)]),
    left: await prisma.order.count({ where: { status: 'OPEN' } }),
  };
}
