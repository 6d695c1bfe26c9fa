import mongoose, { Error as MongooseError, Schema } from 'mongoose';

const shop = mongoose.createConnection(process.env.MONGO_URL ?? '', { autoCreate: false, autoIndex: false });
export const close = () => shop.close();

const schema = new Schema(
  {
    customer: { type: String, required: true, trim: true },
    cents: { type: Number, min: 0, default: 0 },
    at: Date,
    lines: [{ sku: String, count: { type: Number, default: 1 } }],
  },
  { collection: 'mongoose_orders', versionKey: false },
);
const Order = shop.model('Order', schema);
const ids = ['64b7f0c2a1b2c3d4e5f60711', '64b7f0c2a1b2c3d4e5f60712'] as const;

/** A document has its methods in the step; what leaves it is data. */
async function place(id: string, customer: string, cents: number) {
  const order = new Order({ _id: id, customer, cents, at: new Date(0), lines: [{ sku: 'tea' }] });
  await order.save();
  return order.toObject();
}

export async function main() {
  'use durable';
  await Order.deleteMany({});
  const ada = await place(ids[0], ' ada ', 950);
  const bob = await place(ids[1], 'bob', 5);
  const found = await Order.findOne({ customer: 'ada' }).lean();
  const exists = await Order.exists({ customer: 'bob' });
  const list = await Order.find({ cents: { $gt: 1 } })
    .sort({ customer: 1 })
    .lean()
    .exec();
  const updated = await Order.updateOne({ customer: 'bob' }, { $set: { cents: 70 } });
  const after = await Order.findOneAndUpdate(
    { _id: bob._id },
    { $inc: { cents: 1 } },
    { returnDocument: 'after' },
  ).lean();
  const count = await Order.countDocuments({ customer: 'ada' });
  const sums = await Order.aggregate<{ _id: null; sum: number }>([
    { $group: { _id: null, sum: { $sum: '$cents' } } },
  ]);
  const failures: unknown[] = [];
  try {
    await place('64b7f0c2a1b2c3d4e5f60713', '', -1);
  } catch (error) {
    if (error instanceof MongooseError.ValidationError)
      failures.push([
        error.name,
        Object.keys(error.errors).sort(),
        error.errors.cents?.kind,
        error.errors.customer?.message,
        error.errors.cents instanceof MongooseError.ValidatorError,
      ]);
  }
  try {
    await Order.findOne({ _id: 'nonsense' }).lean();
  } catch (error) {
    if (error instanceof MongooseError.CastError) failures.push([error.path, error.kind, error.value]);
  }
  try {
    await place(ids[0], 'ada', 1);
  } catch (error) {
    failures.push([(error as { code: number }).code, error instanceof mongoose.mongo.MongoServerError]);
  }
  try {
    await Order.findOne({ customer: 'nobody' }).orFail().lean();
  } catch (error) {
    if (error instanceof MongooseError.DocumentNotFoundError) failures.push([error.name, error.filter]);
  }
  const removed = await Order.deleteOne({ _id: ada._id });
  return [
    [ada._id.toHexString(), ada.customer, ada.at?.getTime(), ada.lines.map(({ sku, count }) => [sku, count])],
    [found?.customer, found?._id.equals(ada._id), String(exists?._id)],
    list.map(({ customer, cents }) => [customer, cents]),
    [updated.matchedCount, after?.cents, count, sums[0]?.sum, removed.deletedCount],
    failures,
  ];
}
