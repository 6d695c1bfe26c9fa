/** Runs of every kind that the page has to show. Steps are quick, unless their name says otherwise. */
import { setTimeout as delay } from 'node:timers/promises';
import { createCallback, FatalError, sleep, startChild, step, waitFor, withPolicy } from 'use-durable';

const reserve = async (sku: string, count: number): Promise<string> => {
  await delay(5);
  return `${count} x ${sku}`;
};
const charge = async (card: string, total: number): Promise<string> => {
  await delay(20);
  return `payment of ${total} by ${card}`;
};
const release = async (reservation: string): Promise<void> => {
  await delay(2);
  if (reservation === '') throw new FatalError('there is nothing to release');
};
const ship = async (country: string): Promise<string> => {
  await delay(5);
  if (country === 'Atlantis') throw new FatalError('no courier goes to Atlantis');
  return 'parcel 7';
};
const askManager = async (question: string, _token: string): Promise<string> => `asked: ${question}`;

export interface Order {
  readonly lines: readonly { readonly sku: string; readonly count: number }[];
  readonly card: string;
  readonly country: string;
  readonly limit?: number;
}

/** An order that may need an approval, may fail to be shipped, and then is undone. */
export async function placeOrder(order: Order): Promise<string> {
  'use durable';
  const reserved: string[] = [];
  try {
    for (const { sku, count } of order.lines) reserved.push(await reserve(sku, count));
    if ((order.limit ?? 500) < 300) {
      const approval = await createCallback<boolean>({ timeout: '3 days' });
      await askManager(`may ${order.card} buy?`, approval.token);
      if (!(await approval.result())) throw new Error('nobody approved the order');
    }
    // step: Take the money
    const payment = await charge(order.card, 300);
    const parcel = await ship(order.country);
    return `${payment}, ${parcel}`;
  } catch (error) {
    for (const reservation of reserved.reverse()) await release(reservation);
    throw error;
  }
}

/** Waits for a signal, sleeps, then waits for a child. */
export async function subscribe(email: string): Promise<string> {
  'use durable';
  const plan = await waitFor<string>('confirmed');
  await sleep('30 days');
  const first = await startChild(placeOrder, [
    { lines: [{ sku: 'paper', count: 1 }], card: '4242', country: 'Japan' },
  ]);
  return `${email} has ${plan}: ${await first.result()}`;
}

const readLine = async (at: number): Promise<number> => at * 2;

/** A run of so many steps, one after the other. */
export async function importLines(count: number): Promise<number> {
  'use durable';
  let sum = 0;
  for (let at = 0; at < count; at++) sum += await readLine(at);
  return sum;
}

const render = async (page: number): Promise<string> => {
  await delay(page % 7);
  return `page ${page}`;
};

/** Two hundred at the same time, in one frame. */
export async function renderBook(pages: number): Promise<number> {
  'use durable';
  const rendered = await Promise.all(Array.from({ length: pages }, (_, page) => render(page)));
  return rendered.length;
}

const callGateway = withPolicy(
  async (attempt: string): Promise<string> => {
    throw new Error(`the gateway answered 503 to ${attempt}`);
  },
  { retry: { attempts: 10, delay: '1 hour' } },
);

/** Tried again in an hour. */
export async function syncContacts(account: string): Promise<string> {
  'use durable';
  return callGateway(account);
}

const wait = async (ms: number): Promise<string> => {
  await delay(ms);
  return `after ${ms} ms`;
};

/** Steps under way for long, so that a worker can be killed in one. */
export async function encodeVideo(parts: number, ms: number): Promise<string> {
  'use durable';
  let last = '';
  for (let part = 0; part < parts; part++) last = await wait(ms);
  return last;
}

/** Everything that it records is markup. */
export async function hostile(markup: string): Promise<string> {
  'use durable';
  const kept = await step(`${markup} in a name`, async () => ({ [markup]: markup }));
  if (markup.length > 0) throw new Error(`${markup} ${Object.keys(kept)[0]}`);
  return markup;
}

const load = async (size: number): Promise<readonly { readonly at: number; readonly text: string }[]> =>
  Array.from({ length: size }, (_, at) => ({ at, text: 'x'.repeat(100) }));

/** A result of several megabytes. */
export async function hugeResult(rows: number): Promise<number> {
  'use durable';
  return (await load(rows)).length;
}

const someHelperWithAVeryLongNameThatSaysAllThatItDoesAndSomeMoreOfThat = async (
  options: Readonly<Record<string, string>>,
): Promise<number> => Object.keys(options).length;

export async function aDurableFunctionWhoseNameIsSoLongThatNoColumnOfAnyTableIsWideEnoughForIt(): Promise<number> {
  'use durable';
  return someHelperWithAVeryLongNameThatSaysAllThatItDoesAndSomeMoreOfThat({ first: 'one', second: 'two' });
}
