import { createClient } from 'redis';
import { sleep } from 'use-durable';

const redis = createClient({ url: process.env.REDIS_URL ?? '' });
export const open = () => redis.connect();
export const close = () => redis.close();
export const reset = async () => {
  for (const key of ['lock:jobs', 'jobs', 'done', 'board']) await redis.del(key);
  await redis.rPush('jobs', ['a:3', 'b:1', 'c:2']);
  // Held by somebody who is done with it soon.
  await redis.set('lock:jobs', 'other');
};

export async function main() {
  'use durable';
  let tries = 0;
  while ((await redis.set('lock:jobs', 'me', { condition: 'NX' })) !== 'OK') {
    if (++tries === 2) await redis.del('lock:jobs');
    await sleep('10ms');
  }
  const done: string[] = [];
  for (let job = await redis.lPop('jobs'); job !== null; job = await redis.lPop('jobs')) {
    const [name = '', score = '0'] = job.split(':');
    const [added, total] = await redis
      .multi()
      .zAdd('board', { score: Number(score), value: name })
      .incr('done')
      .exec();
    done.push(`${name} ${added} ${total}`);
  }
  const board = await redis.zRangeWithScores('board', 0, -1);
  await redis.del('lock:jobs');
  return { tries, done, board: board.map(({ value, score }) => `${value}=${score}`) };
}
