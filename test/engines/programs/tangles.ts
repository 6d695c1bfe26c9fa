import {
  createCallback,
  currentRun,
  currentStep,
  FatalError,
  sleep,
  startChild,
  step,
  TimeoutError,
  waitFor,
  withPolicy,
} from 'use-durable';
import { announce, breaks, work } from '../effects.ts';

/** Callbacks that are completed before and after somebody looks, one by one raced against each other and a deadline. */
export async function auction(): Promise<unknown> {
  'use durable';
  const bidders = ['ada', 'bea', 'cy'];
  const open = new Map<string, Promise<readonly [string, unknown]>>();
  const tokens: Record<string, string> = {};
  await Promise.all(
    bidders.map(async (name) => {
      const callback = await createCallback<{ bid: bigint }>();
      tokens[name] = callback.token;
      const answer = async (): Promise<readonly [string, unknown]> => {
        try {
          return [name, await callback.result()] as const;
        } catch (error) {
          return [name, error] as const;
        }
      };
      if (name !== 'cy') open.set(name, answer());
      else open.set(name, step('looks late', () => 1).then(answer));
    }),
  );
  await announce('tokens', tokens);
  const bids: unknown[] = [];
  while (open.size > 0) {
    const [name, bid] = await Promise.race(open.values());
    open.delete(name);
    await announce(`bid of ${name}`);
    bids.push(bid instanceof RangeError ? [name, bid.message, bid.cause] : [name, bid]);
  }
  const none = await createCallback({ timeout: 1 });
  const silence = await none.result().catch((error: unknown) => error instanceof TimeoutError);
  return { bids, silence };
}

class Declined extends Error {
  readonly account: string;
  constructor(account: string, options?: ErrorOptions) {
    super(`declined: ${account}`, options);
    this.name = 'Declined';
    this.account = account;
  }
}

async function transfer(account: string, undo: (() => Promise<unknown>)[]): Promise<string> {
  'use durable';
  await work(`reserve ${account}`, 1);
  undo.push(async () => work(`release ${account}`, account));
  await sleep(1);
  try {
    if (account === 'b')
      await breaks('charge b', new TypeError('socket', { cause: { at: new Date(7), try: 1 } }));
    return await work(`charge ${account}`, `${account} charged`);
  } catch (cause) {
    throw new Declined(account, { cause });
  } finally {
    await work(`log ${account}`, 1);
  }
}

/** Compensations in a list of closures, after an error whose causes have causes. */
export async function saga(): Promise<unknown> {
  'use durable';
  const undo: (() => Promise<unknown>)[] = [];
  const done: unknown[] = [];
  try {
    done.push(await transfer('a', undo));
    done.push(await transfer('b', undo));
    done.push(await transfer('c', undo));
  } catch (error) {
    const undone: unknown[] = [];
    while (undo.length > 0) undone.push(await undo.pop()?.());
    if (!(error instanceof Declined)) throw error;
    const reason = await work('report', error);
    throw new AggregateError([reason, new Error('later', { cause: error.cause })], 'saga', {
      cause: { done, undone, same: reason.account === error.account },
    });
  }
  return done;
}

/** A pool that fills up as its members settle, over a generator that all of them share. */
export async function pool(): Promise<unknown> {
  'use durable';
  let calls = 0;
  async function* jobs(): AsyncGenerator<number> {
    for (let page = 0; page < 3; page++) {
      for (const job of await work(`page ${page}`, [page * 2, page * 2 + 1])) yield job;
    }
  }
  const flaky = withPolicy(
    (job: number, call: number): number => {
      if (job === 4 && currentStep().attempt === 1) throw new Error('flaky');
      if (job === 3) throw new FatalError(`job ${job}`, { cause: call });
      return job * 10;
    },
    { retry: { attempts: 2, delay: 1 } },
  );
  const queue = jobs();
  const inFlight = new Map<number, Promise<number>>();
  const results: Record<number, unknown> = {};
  const begin = async (): Promise<boolean> => {
    const { value, done } = await queue.next();
    if (done) return false;
    const job = value as number;
    const run = async (): Promise<number> => {
      try {
        results[job] = await flaky(job, ++calls);
        await work(`did ${job}`, 1, (7 - job) * 3);
      } catch (error) {
        results[job] = error instanceof FatalError ? `fatal ${error.message}` : String(error);
      }
      return job;
    };
    inFlight.set(job, run());
    return true;
  };
  let more = true;
  let widest = 0;
  while (more || inFlight.size > 0) {
    while (more && inFlight.size < 3) more = await begin();
    widest = Math.max(widest, inFlight.size);
    if (inFlight.size > 0) inFlight.delete(await Promise.race(inFlight.values()));
  }
  const any = await Promise.any([breaks('none', new Error('none'), 1), work('some', 'some', 3)]);
  return { results, widest, calls, any };
}

/** Two talk at once: one who is patient for some time only and asks again, and a clock that ticks until it is told. */
export async function conversation(): Promise<unknown> {
  'use durable';
  const heard: unknown[] = [];
  let over = false;
  let ticks = 0;
  const clock = async (): Promise<string> => {
    while (!over) {
      await sleep(30);
      ticks++;
    }
    return 'stopped';
  };
  const listen = async (): Promise<number> => {
    let misses = 0;
    for (;;) {
      try {
        const word = await waitFor<string>('word', { timeout: misses < 2 ? 20 : '1 hour' });
        heard.push(word);
        await announce(`heard ${word}`);
        if (word === 'bye') return misses;
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        misses++;
        await announce(`missed ${misses}`);
      }
    }
  };
  const stopped = clock();
  const misses = await listen();
  over = true;
  return { heard, misses, clock: await stopped, ticked: ticks > 0 };
}

async function leaf(parent: string, n: number): Promise<Map<string, number>> {
  'use durable';
  await sleep(1);
  await announce(`leaf ${n}`, undefined, parent);
  if (n === 2) throw new RangeError('two', { cause: new Declined('leaf') });
  return new Map([['n', n]]);
}

/** Runs of its own that are raced, looked at twice, and not at all. */
export async function family(): Promise<unknown> {
  'use durable';
  const parent = currentRun().id;
  const [one, two, three] = await Promise.all(
    [1, 2, 3].map((n) => startChild(leaf, [parent, n], { id: `${parent}-leaf-${n}` })),
  );
  const first = await Promise.any([two!.result(), one!.result()]);
  await work('between', 1);
  const outcomes = await Promise.allSettled([two!.result(), one!.result()]);
  const failure = outcomes[0]?.status === 'rejected' ? (outcomes[0].reason as Error) : undefined;
  const again = await startChild(leaf, [parent, 3], { id: `${parent}-leaf-3` });
  const last = await again.result();
  return {
    first,
    failure: [failure?.name, failure?.message, failure?.cause instanceof Declined],
    same: [three!.id === again.id, last.get('n')],
  };
}
