/** What the programs of these tests have effects on. */
import { currentStep } from 'use-durable';

export interface Charge {
  readonly card: string;
  readonly cents: number;
}

export const bank: Charge[] = [];
export const audit: string[] = [];
const keys = new Set<string>();

export function resetOutside(): void {
  bank.length = 0;
  audit.length = 0;
  keys.clear();
}

export async function chargeCard(card: string, cents: number): Promise<string> {
  bank.push({ card, cents });
  return `receipt ${card} ${cents}`;
}

export async function chargeOnce(card: string, cents: number): Promise<string> {
  const { idempotencyKey } = currentStep();
  if (!keys.has(idempotencyKey)) bank.push({ card, cents });
  keys.add(idempotencyKey);
  return `receipt ${card} ${cents}`;
}

export async function refund(cents: number): Promise<void> {
  audit.push(`refund ${cents}`);
}

export async function insertUser(name: string): Promise<{ id: number }> {
  if (bank.some(({ card }) => card === name)) throw new Error(`"${name}" is there already`);
  bank.push({ card: name, cents: 0 });
  return { id: bank.length };
}

export async function load(id: number): Promise<{ id: number; tags: string[] }> {
  return { id, tags: [`tag-${id}`] };
}

export async function save(value: unknown): Promise<string> {
  return JSON.stringify(value);
}

export async function addTag(order: { tags: string[] }, tag: string): Promise<number> {
  return order.tags.push(tag);
}

export async function notify(token: string): Promise<number> {
  return token.length;
}

export async function visit(page: string): Promise<number> {
  return audit.push(page);
}

let failures = 0;
/** Fails twice, then works, then starts over. */
export async function flaky(what: string): Promise<string> {
  if (++failures % 3 !== 0) throw new Error(`${what} is not available`);
  return what;
}
