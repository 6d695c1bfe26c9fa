import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { crashSweep, createTestRuntime } from 'use-durable/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as billing from '../../../examples/07-subscription/src/billing.ts';
import type * as subscription from '../../../examples/07-subscription/src/subscription.ts';
import { FULL, itInFull } from '../../support/tier.ts';
import { compileExample, expectBuilt, removeCompiled, root } from './build.ts';
import { Lab, type Started, until } from './lab.ts';

const DAY = 86_400_000;

let dist: string;
let lab: Lab;
let subscribe: typeof subscription.subscribe;
let DeclinedError: typeof billing.DeclinedError;

beforeAll(async () => {
  expectBuilt();
  dist = compileExample('subscription', {
    example: '07-subscription',
    compiler: FULL ? 'tspc' : 'transform',
  });
  process.env.BILLING_DB = ':memory:';
  const load = (name: string): Promise<unknown> => import(pathToFileURL(join(dist, name)).href);
  ({ subscribe } = (await load('subscription.js')) as typeof subscription);
  ({ DeclinedError } = (await load('billing.js')) as typeof billing);
}, 120_000);
afterAll(removeCompiled);

beforeEach(({ onTestFinished }) => {
  const own = new Lab(dist);
  onTestFinished(() => own.close());
  lab = own;
});

describe('a subscription in virtual time', () => {
  /** What was charged, and what was mailed: with the day on which it was. */
  let charges: [day: number, month: number, price: number][];
  let mails: [day: number, text: string][];

  /** @param answer throws what the gateway answers */
  const start = async (answer: (day: number, month: number) => void = () => {}) => {
    charges = [];
    mails = [];
    const day = (): number => runtime.now() / DAY;
    const runtime = createTestRuntime({
      now: 0,
      steps: {
        charge: (_customer: string, month: number, price: number) => {
          answer(day(), month);
          charges.push([day(), month, price]);
        },
        sendMail: (_customer: string, text: string) => void mails.push([day(), text]),
      },
    });
    const run = await runtime.start(subscribe, ['ada', 'basic']);
    return { runtime, run };
  };

  it('is paid twelve times, every 30 days', async () => {
    const { runtime, run } = await start();
    expect(await run.result()).toEqual({ months: 12, paid: 108, ended: 'after a year' });
    expect(charges).toEqual(Array.from({ length: 12 }, (_, i) => [30 * i, i + 1, 9]));
    expect(runtime.now()).toBe(360 * DAY);
    await runtime.close();
  });

  it('costs more from the month after an upgrade on, and ends when it is cancelled', async () => {
    const { runtime, run } = await start();
    await runtime.advance('45 days');
    await run.signal('change', { type: 'plan', plan: 'pro' });
    await runtime.advance('30 days');
    await run.signal('change', { type: 'cancel' });
    expect(await run.result()).toEqual({ months: 3, paid: 9 + 9 + 29, ended: 'cancelled' });
    expect(runtime.now()).toBe(75 * DAY);
    expect(mails.map(([day]) => day)).toEqual([0, 45, 75]);
    await runtime.close();
  });

  it('asks a gateway that does not answer again within minutes', async () => {
    let failures = 3;
    const { runtime, run } = await start((_day, month) => {
      if (month === 2 && failures-- > 0) throw new Error('503');
    });
    expect(await run.result()).toMatchObject({ months: 12 });
    // Three pauses of a minute, which is the longest one unless the policy says otherwise.
    expect(charges[1]).toEqual([30 + 3 / (24 * 60), 2, 9]);
    expect(charges[2]?.[0]).toBe(60);
    expect(mails).toHaveLength(2);
    await runtime.close();
  });

  it('fails when the gateway does not answer for longer', async () => {
    const { runtime, run } = await start(() => {
      throw new Error('503');
    });
    await expect(run.result()).rejects.toThrow('503');
    await runtime.close();
  });

  it('tries a card that was declined again after some days', async () => {
    const { runtime, run } = await start((day, month) => {
      if (month === 2 && day < 35) throw new DeclinedError('no money');
    });
    expect(await run.result()).toMatchObject({ months: 12, paid: 108 });
    expect(charges.slice(0, 3)).toEqual([
      [0, 1, 9],
      [38, 2, 9],
      [60, 3, 9],
    ]);
    expect(mails.slice(1, 3).map(([day]) => day)).toEqual([30, 33]);
    await runtime.close();
  });

  it('ends when the card is declined four times', async () => {
    const { runtime, run } = await start((_day, month) => {
      if (month === 6) throw new DeclinedError('expired');
    });
    expect(await run.result()).toEqual({ months: 5, paid: 45, ended: 'not paid' });
    expect(mails.slice(1).map(([day]) => day)).toEqual([150, 153, 158, 165]);
    await runtime.close();
  });

  it('is the same after every crash', async () => {
    const { outcome } = await crashSweep(subscribe, ['ada', 'basic'], {
      steps: {
        charge: (_customer: string, month: number) => {
          if (month === 3) throw new DeclinedError('expired');
        },
        sendMail: () => {},
      },
      nested: FULL,
      drive: async (run, runtime) => {
        await runtime.advance('10 days');
        await run.signal('change', { type: 'plan', plan: 'pro' });
      },
    });
    expect(outcome).toMatchObject({ value: { months: 2, paid: 38, ended: 'not paid' } });
  });
});

describe('a subscription whose process is killed', () => {
  /** @param day in ms */
  const worker = (day: number, dieAfter = 0): Started => {
    const args = [lab.path, 'ada', 'basic', String(day)];
    const env = { BILLING_DB: join(lab.folder, 'billing.db') };
    return lab.mortal(dieAfter, join(dist, 'worker.js'), args, env, lab.output);
  };
  const kill = async (day: number, dieAfter: number): Promise<void> => {
    expect(await worker(day, dieAfter).ended).toEqual({ code: null, signal: 'SIGKILL' });
  };
  const rows = (sql: string): unknown[] => {
    const db = new DatabaseSync(join(lab.folder, 'billing.db'));
    try {
      db.exec('pragma busy_timeout = 5000');
      return db
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)[0]);
    } finally {
      db.close();
    }
  };
  const expectYear = async (day: number): Promise<void> => {
    const last = worker(day);
    expect(await last.ended).toEqual({ code: 0, signal: null });
    expect(last.errors).toEqual([]);
    expect(lab.output.at(-1)).toBe('ended after a year: 12 months, 108 EUR');
    expect(rows('select month from charges order by rowid')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(rows('select text from mails')).toEqual(['welcome to the plan basic', 'thank you for a year']);
  };

  it('is charged once for each month', async () => {
    // In the fourth month, and in the eighth.
    await kill(1, 12);
    await kill(1, 12);
    await expectYear(1);
  });

  itInFull('survives a kill at any place', { timeout: 300_000 }, async () => {
    // Each event of the first three months, some in the middle of the year, and those of its end. Most months are alike.
    for (const dieAfter of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21, 22, 36, 37, 38]) {
      lab = new Lab(dist);
      try {
        await kill(0.1, dieAfter);
        await expectYear(0.1);
      } finally {
        await lab.close();
      }
    }
  });

  itInFull('goes on dunning, and gets a wish that was sent while no process was there', async () => {
    const first = worker(100, 3);
    await first.ended;
    const change = lab.run(join(dist, 'change.js'), [lab.path, 'ada', 'pro'], {});
    expect(await change.ended).toEqual({ code: 0, signal: null });
    rows("insert into blocked_cards values ('ada')");
    const second = worker(100);
    await until('the card was declined', () => lab.output.find((line) => line.includes('declined')));
    process.kill(second.pid, 'SIGKILL');
    await second.ended;
    rows('delete from blocked_cards');
    const third = worker(100);
    await until('the second month is paid', () => lab.output.includes('ada pays 29 EUR for month 2'));
    const cancel = lab.run(join(dist, 'change.js'), [lab.path, 'ada', 'cancel'], {});
    expect(await cancel.ended).toEqual({ code: 0, signal: null });
    expect(await third.ended).toEqual({ code: 0, signal: null });
    expect(lab.output.at(-1)).toMatch(/^ended cancelled: \d+ months/);
    expect(rows('select text from mails').slice(0, 3)).toEqual([
      'welcome to the plan basic',
      'from next month on the plan is pro',
      'the card was declined; the next attempt is in 3 days',
    ]);
  });
});

itInFull('npm run start:subscription shows a year', async () => {
  const script = join(root, 'examples/07-subscription/scripts/start.ts');
  const { output, errors, ended } = lab.run(script, [], { TMPDIR: lab.folder });
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(errors).toEqual([]);
  expect(output.filter((line) => line.startsWith('  ✓ '))).toHaveLength(2);
});
