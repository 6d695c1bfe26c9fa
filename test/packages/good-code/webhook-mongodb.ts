import { createHmac, timingSafeEqual } from 'node:crypto';
import { MongoClient, type ObjectId } from 'mongodb';
import { z } from 'zod';

const client = new MongoClient(process.env.MONGO_URL ?? '');
export const close = () => client.close();

const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('paid'), order: z.string(), cents: z.number().int() }),
  z.object({ type: z.literal('refunded'), order: z.string() }),
]);

interface Order {
  readonly _id?: ObjectId;
  readonly order: string;
  readonly state: string;
  readonly cents?: number;
  readonly seen: readonly string[];
}
const orders = client.db().collection<Order>('hooks');
export const reset = () => orders.deleteMany({});

interface Hook {
  readonly id: string;
  readonly body: string;
  readonly signature: string;
}

const sign = (body: string) => createHmac('sha256', 'secret').update(body).digest('hex');
const hook = (id: string, event: object, signature?: string): Hook => {
  const body = JSON.stringify(event);
  return { id, body, signature: signature ?? sign(body) };
};
const INCOMING = [
  hook('h-1', { type: 'paid', order: 'o-1', cents: 950 }),
  hook('h-2', { type: 'paid', order: 'o-2', cents: 5 }, '0'.repeat(64)),
  hook('h-1', { type: 'paid', order: 'o-1', cents: 950 }),
  hook('h-3', { type: 'unknown' }),
  hook('h-4', { type: 'refunded', order: 'o-1' }),
];

export async function main(hooks: readonly Hook[] = INCOMING) {
  'use durable';
  const log: string[] = [];
  for (const { id, body, signature } of hooks) {
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(body)))) {
      log.push(`${id}: forged`);
      continue;
    }
    const event = Event.safeParse(JSON.parse(body));
    if (!event.success) {
      log.push(`${id}: ${event.error.issues[0]?.path.join('.')}`);
      continue;
    }
    const { order, type } = event.data;
    const known = await orders.findOne({ order });
    if (known?.seen.includes(id)) {
      log.push(`${id}: again`);
      continue;
    }
    const set = event.data.type === 'paid' ? { state: type, cents: event.data.cents } : { state: type };
    const { upsertedId, matchedCount } = await orders.updateOne(
      { order },
      { $set: set, $push: { seen: id } },
      { upsert: true },
    );
    log.push(`${id}: ${upsertedId ? `new ${upsertedId.toHexString().length}` : matchedCount}`);
  }
  const last = await orders.find().toArray();
  return [
    log,
    last.map(({ order, state, cents, seen, _id }) => [order, state, cents, seen, _id.equals(String(_id))]),
  ];
}
