import {
  CancelledError,
  createCallback,
  currentRun,
  sleep,
  startChild,
  TimeoutError,
  waitFor,
} from 'use-durable';
import { announce, breaks, work } from '../effects.ts';

export async function signalTimeout(): Promise<unknown> {
  'use durable';
  let late: unknown;
  try {
    late = await waitFor('never', { timeout: 20 });
  } catch (error) {
    late = error instanceof TimeoutError;
  }
  return { late, after: await work('goes on', 1) };
}

export async function signalInTime(): Promise<unknown> {
  'use durable';
  await announce('waits');
  const first = await waitFor('first', { timeout: '1 hour' });
  const answer = async (): Promise<unknown> => waitFor('answer');
  const deadline = async (): Promise<string> => {
    await sleep('2 hours');
    return 'too late';
  };
  const second = await Promise.race([answer(), deadline()]);
  return { first, second, after: await work('goes on', 1) };
}

export async function callback(): Promise<unknown> {
  'use durable';
  const approval = await createCallback<{ by: string; at: Date }>();
  const payment = await createCallback();
  await announce('tokens', [approval.token, payment.token]);
  const decision = await approval.result();
  await work('approved', decision.by);
  let failure: unknown;
  try {
    failure = await payment.result();
  } catch (error) {
    failure = error instanceof RangeError ? [Reflect.get(error, 'code'), error.message] : String(error);
  }
  return { decision, again: await approval.result(), failure };
}

export async function callbackTimeout(): Promise<unknown> {
  'use durable';
  const callback = await createCallback({ timeout: 20 });
  await announce('token', callback.token.length > 0);
  try {
    return await callback.result();
  } catch (error) {
    return [error instanceof TimeoutError, await work('gave up', 1)];
  }
}

export async function children(): Promise<unknown> {
  'use durable';
  const parent = currentRun().id;
  const half = await startChild(halve, [parent, 10], { id: `${parent}-half` });
  const odd = await startChild(halve, [parent, 3], { id: `${parent}-odd` });
  await work('between', 1);
  const result = await half.result();
  let failure: unknown;
  try {
    failure = await odd.result();
  } catch (error) {
    failure = error instanceof Odd ? error.value : String(error);
  }
  return { result, failure };
}

class Odd extends Error {
  readonly value: number;
  constructor(value: number) {
    super(`${value} is odd`);
    this.name = 'Odd';
    this.value = value;
  }
}

async function halve(parent: string, value: number): Promise<number> {
  'use durable';
  await sleep(1);
  await announce(`halves ${value}`, undefined, parent);
  if (value % 2 === 1) throw new Odd(value);
  return value / 2;
}

export async function cancelled(): Promise<unknown> {
  'use durable';
  try {
    await announce('holds');
    await waitFor('never');
    return 'not cancelled';
  } finally {
    await sleep(1);
    await work('releases', 1);
  }
}

export async function cancelledAndCaught(): Promise<unknown> {
  'use durable';
  const outcomes = await Promise.allSettled([
    (async (): Promise<void> => {
      await announce('holds');
      await waitFor('never');
    })(),
    waitFor('never either'),
  ]);
  const reasons = outcomes.map((one) => one.status === 'rejected' && one.reason instanceof CancelledError);
  const undone = await work('undoes', 'undone');
  const failed = await breaks('cleanup breaks', new Error('broken')).catch(String);
  return { reasons, undone, failed };
}
