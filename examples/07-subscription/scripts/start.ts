/*
 * A year of three customers in virtual time: the runtime of `use-durable/testing` jumps over the waits. At the end the year of one
 * of them is repeated as if the process had died after each event.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import { crashSweep, createTestRuntime } from 'use-durable/testing';
import { type Demo, demonstrate } from '../../scripts/demo.ts';
import { duration, table } from '../../scripts/ui.ts';

const CUSTOMERS = ['ada', 'bob', 'eve'] as const;

async function main({ folder, display, check }: Demo): Promise<void> {
  process.env.BILLING_DB = ':memory:';
  const load = (name: string): Promise<unknown> => import(pathToFileURL(join(folder, 'dist', name)).href);
  const { subscribe } = (await load('subscription.js')) as typeof import('../src/subscription.ts');
  const { DeclinedError } = (await load('billing.js')) as typeof import('../src/billing.ts');

  const paid: Record<string, string[]> = { ada: [], bob: [], eve: [] };
  let outages = 2;
  const tell = (customer: string, text: string): void => {
    const day = new Date(runtime.now()).toISOString().slice(0, 16).replace('T', ' ');
    display.line(`  ${styleText('dim', day)}  ${customer}  ${text}`);
  };
  const runtime = createTestRuntime({
    now: new Date('2030-01-01'),
    steps: {
      charge: (customer: string, month: number, price: number) => {
        if (customer === 'ada' && month === 3 && outages > 0) {
          outages--;
          tell(customer, 'the gateway does not answer');
          throw new Error('503');
        }
        if (customer === 'bob' && month === 4 && new Date(runtime.now()).getUTCDate() < 4) {
          throw new DeclinedError('not enough money');
        }
        if (customer === 'eve' && month === 6) throw new DeclinedError('expired');
        paid[customer]?.push(String(price));
      },
      sendMail: (customer: string, text: string) => tell(customer, `mail: ${text}`),
    },
  });

  display.heading('The year 2030, in virtual time');
  const began = Date.now();
  const [ada, bob, eve] = await Promise.all(
    CUSTOMERS.map((name) => runtime.start(subscribe, [name, 'basic'])),
  );
  await runtime.advance(new Date('2030-06-10T09:30:00Z'));
  tell('ada', 'wants the plan pro');
  await ada?.signal('change', { type: 'plan', plan: 'pro' });
  await runtime.advance(new Date('2030-09-20T18:00:00Z'));
  tell('bob', 'cancels');
  await bob?.signal('change', { type: 'cancel' });
  const results = await Promise.all([ada?.result(), bob?.result(), eve?.result()]);
  const took = Date.now() - began;

  display.heading('Payments in EUR');
  const months = Array.from({ length: 12 }, (_, month) => String(month + 1));
  const rows = CUSTOMERS.map((name, index) => [
    name,
    ...months.map((_, month) => paid[name]?.[month] ?? '-'),
    String(results[index]?.paid),
    results[index]?.ended ?? '',
  ]);
  const right = months.map((_, month) => month + 1);
  for (const row of table([['month', ...months, 'sum', 'ended'], ...rows], [...right, 13]))
    display.line(`  ${row}`);
  await runtime.close();

  display.heading('Promise');
  check(
    results.map((result) => result?.paid).join() === '228,81,45',
    `each month is paid once, in ${duration(took)} instead of a year`,
  );
  // The lines of the year were shown already.
  const { outcome, crashes } = await crashSweep(subscribe, ['ada', 'basic'], {
    steps: { charge: () => {}, sendMail: () => {} },
    nested: false,
  });
  check(
    outcome.status === 'fulfilled',
    `the year is the same with a crash after any of its ${crashes} events`,
  );
}

await demonstrate(import.meta.url, main);
