import { PrismaPg } from '@prisma/adapter-pg';
import { registerClass } from 'use-durable';
import { Prisma, PrismaClient } from '../.tmp/prisma/client.ts';

const adapter = new PrismaPg({ connectionString: process.env.POSTGRES_URL, max: 1 });
const prisma = new PrismaClient({ adapter });
export const close = () => prisma.$disconnect();

registerClass(Prisma.Decimal, {
  id: 'decimal',
  encode: (decimal) => decimal.toString(),
  decode: (text: string) => new Prisma.Decimal(text),
});

export async function main() {
  'use durable';
  await prisma.item.deleteMany();
  await prisma.order.deleteMany();
  const order = await prisma.order.create({
    data: {
      id: 1,
      customer: 'ada',
      total: '9.50',
      cents: 2n ** 60n,
      note: { gift: true },
      at: new Date(0),
      items: { create: [{ sku: 'tea' }, { sku: 'cup' }] },
    },
    include: { items: { orderBy: { sku: 'asc' } } },
  });
  const found = await prisma.order.findUnique({ where: { id: order.id } });
  const missing = await prisma.order.findFirst({ where: { customer: 'nobody' } });
  const list = await prisma.order.findMany({
    select: { customer: true, _count: { select: { items: true } } },
  });
  const paid = await prisma.order.updateMany({ where: { id: order.id }, data: { status: 'PAID' } });
  const sums = await prisma.order.aggregate({ _sum: { total: true }, _count: true });
  const [count, total] = await Promise.all([prisma.item.count(), prisma.order.count()]);
  const moved = await prisma.$transaction(async (tx) => {
    await tx.order.update({ where: { id: 1 }, data: { customer: 'eve' } });
    return await tx.order.findMany({ select: { customer: true, total: true } });
  });
  const raw = await prisma.$queryRaw<{ customer: string; at: Date }[]>`select customer, at from "Order"`;
  let failed: unknown;
  try {
    await prisma.order.findUniqueOrThrow({ where: { id: 99 } });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError) failed = [error.code, error.meta?.modelName];
  }
  return [
    [
      order.items.map(({ sku }) => sku),
      order.total.plus(1).toFixed(2),
      order.cents,
      order.note,
      order.at.getTime(),
    ],
    [found?.customer, found?.total.toNumber(), missing],
    list.map(({ customer, _count }) => [customer, _count.items]),
    [paid.count, sums._sum.total?.toString(), sums._count, count, total],
    moved.map(({ customer, total }) => [customer, Prisma.Decimal.isDecimal(total), `${total}`]),
    raw.map(({ customer, at }) => [customer, at.getTime()]),
    failed,
  ];
}
