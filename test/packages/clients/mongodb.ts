import { Binary, Decimal128, Long, MongoClient, ObjectId } from 'mongodb';

const client = new MongoClient(process.env.MONGO_URL ?? '');
export const close = () => client.close();

interface Order {
  readonly _id: ObjectId;
  readonly customer: string;
  readonly total: Decimal128;
  readonly at: Date;
  readonly visits?: Long;
  readonly seal?: Binary;
  readonly lines: readonly { readonly sku: string; readonly of: ObjectId }[];
}
const orders = client.db().collection<Order>('orders');
const ada = new ObjectId('64b7f0c2a1b2c3d4e5f60718');

export async function main() {
  'use durable';
  await orders.deleteMany({});
  const inserted = await orders.insertOne({
    _id: ada,
    customer: 'ada',
    total: Decimal128.fromString('9.50'),
    at: new Date(0),
    visits: Long.fromString('9007199254740993'),
    seal: new Binary(Buffer.from('ok')),
    lines: [{ sku: 'tea', of: ada }],
  });
  const { insertedId, acknowledged } = inserted;
  const found = await orders.findOne({ _id: insertedId }, { promoteValues: false });
  const order = await orders.findOne({ _id: insertedId });
  const updated = await orders.updateOne({ _id: insertedId }, { $set: { customer: 'eve' } });
  const after = await orders.findOneAndUpdate(
    { _id: ada },
    { $set: { customer: 'zoe' } },
    { returnDocument: 'after' },
  );
  const upserted = await orders.updateOne(
    { customer: 'bob' },
    { $set: { at: new Date(5) } },
    { upsert: true },
  );
  const list = await orders
    .find({ customer: { $in: ['zoe', 'bob'] } })
    .sort({ customer: 1 })
    .toArray();
  const count = await orders.countDocuments({ customer: 'zoe' });
  const deleted = await orders.deleteOne({ _id: insertedId });
  return [
    [
      acknowledged,
      insertedId.toHexString(),
      insertedId.equals(ada),
      String(insertedId),
      JSON.stringify({ insertedId }),
    ],
    [found?._id.toHexString(), String(found?.visits), found?.total.toString(), found?.seal?.toString('utf8')],
    [order?.customer, order?.total.toString(), order?.at.getTime(), order?.lines[0]?.of.equals(ada)],
    [updated.matchedCount, updated.modifiedCount, updated.upsertedId],
    [after?.customer, after?._id instanceof ObjectId],
    [upserted.upsertedCount, upserted.upsertedId instanceof ObjectId],
    list.map(({ customer }) => customer),
    count,
    deleted.deletedCount,
  ];
}
