import { step } from 'use-durable';

let token: string | undefined;
let calls = 0;
const prices = new Map<string, number>();
const limits = { size: 3 };

async function login(user: string): Promise<string> {
  calls++;
  const response = await fetch(`https://example.com/login/${user}`);
  return response.text();
}

/** It sets what it reads. */
async function current(user: string): Promise<string> {
  token ??= await login(user);
  return token;
}

async function load(path: string, authorization: string): Promise<string> {
  calls++;
  const response = await fetch(`${path}?size=${limits.size}`, { headers: { authorization } });
  return response.text();
}

async function priceOf(item: string): Promise<number> {
  const known = prices.get(item);
  if (known !== undefined) return known;
  const price = Number(await load(item, ''));
  prices.set(item, price);
  return price;
}

export async function main(user: string): Promise<unknown> {
  'use durable';
  const mine = await login(user);
  const orders = await load('https://example.com/orders', mine);
  const again = await step('again', () => current(user));
  return [orders, again, await priceOf('a'), await priceOf('b')];
}
