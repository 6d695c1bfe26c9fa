import { step } from 'use-durable';

async function note(name: string, value: unknown): Promise<void> {
  await Promise.resolve([name, value]);
}

function orderId(now: number): string {
  return `order-${now}`;
}

/** Only its log has the time in it. */
function total(prices: readonly number[]): number {
  const began = performance.now();
  const sum = prices.reduce((all, price) => all + price, 0);
  console.info(new Date().toISOString(), sum, performance.now() - began);
  return sum;
}

function isLate(due: Date, now = new Date()): boolean {
  return due < now;
}

function newToken(): string {
  return Math.random().toString(36);
}

function connect(): { query(text: string): Promise<string>; since: number } {
  return { query: async (text) => text, since: Date.now() };
}

function log(text: string): string {
  return `${Date.now()} ${text}`;
}

export async function main(due: Date): Promise<unknown> {
  'use durable';
  const id = orderId(Date.now());
  await note('a', id);
  const token = await step('token', () => newToken());
  log('begun');
  console.log(log('printed'));
  const own = (): number => Date.now();
  const rows = await connect().query('select 1');
  return [id, token, total([1, 2]), isLate(due, new Date()), own(), rows];
}

function load(): Promise<string> {
  return fetch(`https://example.com?${Date.now()}`).then((response) => response.text());
}

export async function returned(): Promise<string> {
  'use durable';
  const text = load();
  await note('a', 1);
  return text;
}

export async function last(): Promise<string> {
  'use durable';
  await note('a', 1);
  return newToken();
}
