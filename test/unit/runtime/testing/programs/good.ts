/** Durable functions that mean the same after a crash. */
import {
  CancelledError,
  createCallback,
  signals,
  sleep,
  startChild,
  step,
  TimeoutError,
  waitFor,
  withPolicy,
} from 'use-durable';
import { addTag, chargeOnce, flaky, load, notify, refund, save } from './outside.ts';

const patiently = withPolicy(flaky, { retry: { attempts: 4, delay: '1 hour', factor: 3 } });
const limited = withPolicy(load, { timeout: '10s', retry: 2 });
const once = withPolicy(chargeOnce, { atMostOnce: true });

export async function subscription(card: string) {
  'use durable';
  const receipts: string[] = [];
  for (let month = 0; month < 6; month++) {
    receipts.push(await chargeOnce(card, 900 + month));
    console.log(`month ${month} at ${new Date().toISOString()}`);
    await sleep('30 days');
  }
  return { receipts, id: crypto.randomUUID(), draw: Math.random() };
}

export async function pool(count: number) {
  'use durable';
  const results: string[] = [];
  let next = 0;
  const worker = async (name: string): Promise<void> => {
    while (next < count) {
      const id = next++;
      const loaded = await load(id);
      results.push(`${name}: ${await save(loaded)}`);
    }
  };
  await Promise.all(['a', 'b', 'c'].map((name) => worker(name)));
  return results;
}

export async function raced(card: string) {
  'use durable';
  const slow = chargeOnce(card, 1).then(() => 'charged');
  const late = sleep('1 hour').then(() => 'late');
  const winner = await Promise.race([slow, late]);
  console.info('winner', winner);
  return [winner, await Promise.any([late, Promise.reject(new Error('no'))]), await slow];
}

export async function timedOut(id: number) {
  'use durable';
  try {
    return await limited(id);
  } catch (error) {
    return error instanceof TimeoutError ? await save('too slow') : 'wrong';
  }
}

export async function retried() {
  'use durable';
  const first = await patiently('mail');
  await sleep('1 day');
  return [first, await patiently('phone'), Date.now()];
}

export async function decided(days: number) {
  'use durable';
  const chat: string[] = [];
  const decision = await waitFor<string>('decision', { timeout: `${days} days` }).catch((error: unknown) =>
    error instanceof TimeoutError ? 'nobody decided' : 'wrong',
  );
  for await (const message of signals<string>('chat')) {
    if (message === 'bye') break;
    chat.push(await save(message));
  }
  return { decision, chat };
}

export async function approved(amount: number) {
  'use durable';
  const approval = await createCallback<{ by: string }>({ timeout: '3 days' });
  await notify(approval.token);
  try {
    const { by } = await approval.result();
    return await chargeOnce(by, amount);
  } catch (error) {
    await refund(amount);
    throw error;
  }
}

export async function shipment(id: number) {
  'use durable';
  await sleep('2 days');
  return await save(await load(id));
}

export async function order(ids: number[]) {
  'use durable';
  const children = await Promise.all(ids.map((id) => startChild(shipment, [id])));
  const inside = await shipment(100);
  const ends = await Promise.allSettled(children.map((child) => child.result()));
  return [inside, ...ends.map((end) => (end.status === 'fulfilled' ? end.value : 'failed'))];
}

export async function cancellable(card: string) {
  'use durable';
  await chargeOnce(card, 5);
  try {
    await sleep('1 year' === card ? '365 days' : '52 weeks');
  } catch (error) {
    await refund(5);
    await sleep('1 minute');
    if (error instanceof CancelledError) return `cancelled: ${error.message}`;
    throw error;
  } finally {
    await step('close the books', async () => 'closed', { retry: 2 });
  }
  return 'a year later';
}

export async function saga(fail: boolean) {
  'use durable';
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const cents of [1, 2, 3]) {
      await chargeOnce('saga', cents);
      undo.unshift(() => refund(cents));
    }
    if (fail) throw new RangeError('over the limit', { cause: { limit: 2 } });
  } catch (error) {
    for (const compensate of undo) await compensate();
    throw error;
  }
  return 'done';
}

export async function careful(card: string) {
  'use durable';
  const receipt = await once(card, 7);
  return [receipt, await save(receipt)];
}

export async function copies() {
  'use durable';
  const draft = await load(1);
  const count = await addTag({ tags: [...draft.tags] }, 'copied');
  draft.tags.push('by the body');
  return await save({ draft, count });
}

export async function computed(names: string[]) {
  'use durable';
  const done = new Map<string, number>();
  for (const name of names) done.set(name, await step(`work on ${name}`, async () => name.length));
  return done;
}

export async function century() {
  'use durable';
  const before = new Date();
  await sleep('5218 weeks');
  return new Date().getUTCFullYear() - before.getUTCFullYear();
}
