import { step } from 'use-durable';

let token: string | undefined;
const found: string[] = [];
const session = { user: '' };

async function login(user: string): Promise<void> {
  const response = await fetch(`https://example.com/login/${user}`);
  token = await response.text();
  remember(user);
}

function remember(user: string): void {
  session.user = user;
}

const authorization = (): string => `Bearer ${token}`;

async function load(path: string): Promise<string> {
  const response = await fetch(path, { headers: { authorization: authorization() } });
  return response.text();
}

async function search(text: string): Promise<void> {
  const response = await fetch(`https://example.com/${text}`);
  found.push(await response.text());
}

async function report(): Promise<number> {
  return found.length;
}

export async function main(user: string): Promise<unknown> {
  'use durable';
  await login(user);
  const orders = await load('https://example.com/orders');
  await search(orders);
  const name = await step('name', () => session.user);
  return [orders, name, await report()];
}
