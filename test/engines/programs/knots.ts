import {
  CancelledError,
  createCallback,
  currentRun,
  currentStep,
  registerClass,
  sleep,
  startChild,
  TimeoutError,
  waitFor,
  withPolicy,
} from 'use-durable';
import { announce, breaks, perhaps, work } from '../effects.ts';

/** Promises that the body makes itself and resolves from elsewhere: a semaphore, and a gate for all. */
export async function semaphore(): Promise<unknown> {
  'use durable';
  const waiting: (() => void)[] = [];
  let free = 2;
  let widest = 0;
  let inside = 0;
  const enter = async (): Promise<void> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    widest = Math.max(widest, ++inside);
  };
  const leave = (): void => {
    inside--;
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  let open: (value: string) => void = () => {};
  const gate = new Promise<string>((resolve) => {
    open = resolve;
  });
  const late = (async () => `${await gate} and ${await work('behind the gate', 'through')}`)();
  const job = async (n: number): Promise<number> => {
    await enter();
    try {
      if (n === 3) await breaks('job 3', new RangeError('three'), 5);
      const result = await work(`job ${n}`, n * n, (n % 3) * 10);
      if (n % 2 === 0) await sleep(1);
      return result;
    } finally {
      leave();
    }
  };
  const outcomes = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(job));
  open('open');
  const results = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
  return { results, widest, free, late: await late };
}

/** Losers of several races go on, fail, and are raced again; who won what is recorded. */
export async function rematch(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const runner = async (name: string, laps: number, ms: number): Promise<string> => {
    for (let lap = 1; lap <= laps; lap++) {
      log.push(await work(`${name} ${lap}`, `${name}${lap}`, ms));
      if (name === 'faller' && lap === 2) throw new RangeError(`${name} falls`);
      if (lap % 2 === 0) await sleep(1);
    }
    return name;
  };
  const field = new Map<string, Promise<string>>([
    ['slow', runner('slow', 3, 30)],
    ['quick', runner('quick', 3, 2)],
    ['faller', runner('faller', 3, 8)],
    ['walker', runner('walker', 2, 60)],
  ]);
  const places: string[] = [];
  while (field.size > 0) {
    const place = await Promise.race(
      [...field].map(async ([name, race]) => {
        try {
          return [name, await race] as const;
        } catch (error) {
          return [name, String(error)] as const;
        }
      }),
    );
    field.delete(place[0]);
    places.push(place[1]);
    const recorded = await work(`place ${places.length}`, [places.length, log.join()] as const);
    if (recorded[1] !== log.slice(0, recorded[1].split(',').length).join()) places.push('another order');
  }
  const recorded = await work('records', log.join());
  return { places: places.toSorted(), laps: log.length, same: recorded === log.join() };
}

class Rejected extends Error {
  readonly by: Map<string, Date>;
  constructor(message: string, by: Map<string, Date>, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Rejected';
    this.by = by;
  }
}
registerClass(Rejected);

async function reviewer(parent: string, name: string): Promise<string> {
  'use durable';
  const verdict = await work('thinks', name.length);
  await announce(`reviewed by ${name}`, undefined, parent);
  await sleep(1);
  if (verdict > 3) {
    const cause = new AggregateError([new TypeError('typo'), new Rejected('inner', new Map())], 'reasons');
    throw new Rejected(`rejected by ${name}`, new Map([[name, new Date(9)]]), { cause });
  }
  return `accepted by ${name}`;
}

/** Errors with causes, from runs of its own and from outside, through several `catch`. */
export async function review(): Promise<unknown> {
  'use durable';
  const parent = currentRun().id;
  const appeal = await createCallback<string>({ timeout: '1 hour' });
  const ask = async (name: string): Promise<unknown> => {
    const run = await startChild(reviewer, [parent, name], { id: `${parent}-${name}` });
    try {
      return await run.result();
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { errors } = error.cause as AggregateError;
      return [error.message, error.by, errors.map((one) => one instanceof Rejected)];
    } finally {
      await announce(`done with ${name}`);
    }
  };
  const verdicts = await Promise.all(['ann', 'bert', 'eve'].map(ask));
  await announce('token', appeal.token);
  let appealed: unknown;
  try {
    appealed = await appeal.result();
  } catch (error) {
    const noted = await work('notes', error);
    appealed = [noted instanceof RangeError, String((noted as Error).cause)];
  }
  throw new Rejected('in the end', new Map([['all', new Date(10)]]), { cause: { verdicts, appealed } });
}

/** Cancelled while several things wait, some of which clean up by waiting and trying again. */
export async function eviction(): Promise<unknown> {
  'use durable';
  let inside = 0;
  const release = withPolicy(
    async (room: string): Promise<string> => {
      if (currentStep().attempt === 1) throw new Error('busy');
      return `${room} released`;
    },
    { retry: { attempts: 2, delay: 1 } },
  );
  const guest = async (room: string, wait: () => Promise<unknown>): Promise<unknown> => {
    try {
      await announce(`enters ${room}`);
      if (++inside === 3) await announce('all are in');
      await wait();
      return 'leaves by itself';
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      const late = await waitFor('never', { timeout: 5 }).catch(
        (reason: unknown) => reason instanceof TimeoutError,
      );
      return [error.reason, late, await work(`cleans ${room}`, room)];
    } finally {
      await sleep(1);
      await work(`locks ${room}`, room);
    }
  };
  const guests = Promise.allSettled([
    guest('a', () => waitFor('never')),
    guest('b', async () => sleep('1 hour')),
    guest('c', async () => (await createCallback({ timeout: '2 hours' })).result()),
  ]);
  const outcomes = await guests;
  const released = await release('hotel').catch(String);
  return {
    rooms: outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    released,
  };
}

/** Decides by the clock and by chance in between, starts what may be no promise, and prints. */
export async function dice(): Promise<unknown> {
  'use durable';
  const throws: number[] = [];
  const begun = Date.now();
  const throwing = async (who: string): Promise<string> => {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      const eye = Math.floor(Math.random() * 6);
      throws.push(eye);
      const there = perhaps(`unused ${who} ${i}`, eye);
      sum += (await work(`${who} ${i}`, eye, i * 3)) === eye && !(there instanceof Promise) ? 1 : 0;
      if (i === 1) console.log(`line: ${who}`);
    }
    return `${who} ${sum}`;
  };
  const players = await Promise.all([throwing('x'), throwing('y'), sleep(5).then(() => throwing('z'))]);
  const elapsed = Date.now() - begun;
  const recorded = await work('records', [throws.join(), elapsed] as const);
  await sleep(1);
  const id = crypto.randomUUID();
  const again = await work('id', id);
  return {
    players,
    same: recorded[0] === throws.join() && recorded[1] === elapsed && again === id,
    late: elapsed >= 4,
  };
}
