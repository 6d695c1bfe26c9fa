import { createClient } from 'redis';

const redis = createClient({ url: process.env.REDIS_URL ?? '' });
export const open = () => redis.connect();
export const close = () => redis.close();

export async function main() {
  'use durable';
  await redis.del('hits');
  await redis.del('user');
  await redis.del('queue');
  await redis.del('board');
  const hits = await redis.incr('hits');
  const taken = await redis.set('hits', '9', { NX: true });
  const set = await redis.set('name', 'ada');
  const added = await redis.hSet('user', { name: 'ada', mail: 'ada@example.org' });
  const user = await redis.hGetAll('user');
  const queued = await redis.rPush('queue', ['a', 'b', 'c']);
  const first = await redis.lPop('queue');
  const rest = await redis.lRange('queue', 0, -1);
  await redis.zAdd('board', { score: 2.5, value: 'ada' });
  await redis.zAdd('board', { score: 1, value: 'bob' });
  const board = await redis.zRangeWithScores('board', 0, -1);
  const several = await redis.multi().incr('hits').get('name').hGetAll('user').exec();
  return [
    [hits, taken, set, added],
    { ...user },
    Object.keys(user),
    [queued, first, rest],
    board.map(({ value, score }) => [value, score]),
    JSON.stringify(several),
    await redis.get('missing'),
  ];
}
