import { sleep, step } from 'use-durable';
import { OrderStatus, type Prisma, PrismaClient } from 'prisma-like';
import Stripe from 'stripe-like';
import pino from 'pino-like';

const prisma = new PrismaClient();
const stripe = new Stripe(process.env.STRIPE_KEY ?? '', { maxNetworkRetries: 2 });
const logger = pino({ level: process.env.LOG_LEVEL ?? 'info' });

type OrderWithItems = Prisma.Result<Prisma.$OrderPayload, { include: { items: true; customer: true } }>;

export interface OrderInput {
  readonly orderId: string;
  readonly currency: 'eur' | 'usd';
  readonly coupon?: string | null;
  readonly onlyIf?: (typeof OrderStatus)[keyof typeof OrderStatus];
}

export class PaymentFailed extends Error {
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(`payment failed: ${reason}`, options);
    this.name = 'PaymentFailed';
    this.reason = reason;
  }
}

export async function fulfilOrder({ orderId, currency, coupon = null, onlyIf }: OrderInput) {
  'use durable';
  const log = logger.child({ orderId });
  const order = await prisma.order.findUnique({ where: { id: orderId }, include: { items: true, customer: true } });
  if (!order) throw new Error(`There is no order ${orderId}.`);
  if (onlyIf && order.status !== onlyIf) return { status: order.status, skipped: true as const };
  log.info({ items: order.items.length }, 'fulfilling');

  const cents = Number(order.totalCents) - (coupon ? await discountOf(coupon) : 0);
  let payment: Stripe.PaymentIntent;
  try {
    payment = await stripe.paymentIntents.create(
      { amount: cents, currency, metadata: { orderId } },
      { idempotencyKey: orderId },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) throw new PaymentFailed(error.decline_code, { cause: error });
    throw error;
  }
  for (let looks = 0; payment.status === 'requires_action' && looks < 10; looks++) {
    await sleep('1m');
    payment = await stripe.paymentIntents.retrieve(payment.id);
  }
  if (payment.status !== 'succeeded') {
    await stripe.paymentIntents.cancel(payment.id);
    throw new PaymentFailed(payment.status);
  }

  const shipped = await prisma.$transaction(async (tx) => {
    await tx.order.update({ where: { id: orderId }, data: { status: OrderStatus.PAID } });
    const open = await tx.order.count({ where: { customerId: order.customer.id } });
    return { open, at: new Date() };
  });
  const [rows, people, perStatus] = await Promise.all([
    prisma.$queryRaw<{ sku: string; stock: bigint }[]>`select sku, stock from stock`,
    stripe.customers.list({ limit: 3 }),
    prisma.order.groupBy({ by: ['status'] }),
  ]);
  await step('confirm', async () => {
    await sendMail(order.customer.email, order);
  });
  await prisma.$executeRaw`update orders set done = true where id = ${orderId}`;
  log.info(`done, ${rows.length} in stock`);
  return { status: 'done' as const, payment: payment.id, shipped, people: people.data.length, perStatus };
}

async function discountOf(coupon: string): Promise<number> {
  const response = await fetch(`${process.env.COUPONS}/${coupon}`);
  return ((await response.json()) as { cents: number }).cents;
}

async function sendMail(to: string, order: OrderWithItems): Promise<void> {
  await fetch(`${process.env.MAIL}/send`, { method: 'POST', body: JSON.stringify({ to, id: order.id }) });
}
