import { PrismaPg } from '@prisma/adapter-pg';
import pRetry from 'p-retry';
import pTimeout, { TimeoutError } from 'p-timeout';
import { sleep } from 'use-durable';
import { PrismaClient } from '../.tmp/prisma/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.POSTGRES_URL, max: 2 }),
});
export const close = () => prisma.$disconnect();
export const reset = async () => {
  await prisma.item.deleteMany();
  await prisma.order.deleteMany();
  calls.clear();
};
export const outside = async () => [
  await prisma.order.findMany({ select: { id: true, customer: true, cents: true }, orderBy: { id: 'asc' } }),
  await prisma.item.count(),
];

const calls = new Map<string, number>();
async function work(name: string, failures = 0): Promise<string> {
  const call = (calls.get(name) ?? 0) + 1;
  calls.set(name, call);
  if (call <= failures) throw new Error(`${name} failed`);
  return `${name} done`;
}
const slow = () => new Promise<string>((resolve) => setTimeout(resolve, 60_000, 'late').unref());
const quick = { retries: 3, minTimeout: 1, factor: 1 };

/** Calls whose promises go to code of packages before anybody awaits them. */
export async function main() {
  'use durable';
  const order = (id: number, customer: string) => ({ data: { id, customer, total: '1.00' } });
  const [ada, bob] = await prisma.$transaction([
    prisma.order.create(order(1, 'ada')),
    prisma.order.create(order(2, 'bob')),
  ]);
  await sleep('5ms');
  // As a list that is made before, with calls in a loop.
  const writes = [3, 4].map((id) => prisma.order.create(order(id, `eve ${id}`)));
  const more = await prisma.$transaction(writes);
  let refused: unknown;
  try {
    await prisma.$transaction([
      prisma.order.update({ where: { id: 1 }, data: { cents: { increment: 5 } } }),
      prisma.order.create(order(2, 'again')),
    ]);
  } catch (error) {
    refused = (error as { code?: string }).code;
  }
  const [paid, total] = await prisma.$transaction([
    prisma.order.update({ where: { id: 1 }, data: { cents: { increment: 5 } } }),
    prisma.order.aggregate({ _sum: { cents: true } }),
  ]);
  const one = await pTimeout(work('one'), { milliseconds: 60_000 });
  const two = await pRetry(() => work('two', 2), quick);
  const count = await pTimeout(prisma.order.count(), { milliseconds: 60_000 });
  const three = await pTimeout(
    pRetry(() => work('three', 1), quick),
    { milliseconds: 60_000 },
  );
  const [four, five] = await Promise.all([
    pTimeout(work('four'), { milliseconds: 60_000 }),
    pRetry(() => work('five', 1), quick),
  ]);
  const begun = pRetry(() => work('six'), quick);
  await sleep('5ms');
  const six = await begun;
  const late = await pTimeout(slow(), { milliseconds: 20 }).catch((error) => error instanceof TimeoutError);
  return [
    [ada.customer, bob.customer, more.map(({ customer }) => customer)],
    [refused, paid.cents, total._sum.cents, count],
    [one, two, three, four, five, six, late],
  ];
}
