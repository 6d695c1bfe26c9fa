import { customAlphabet, nanoid } from 'nanoid';

async function note(name: string, value: unknown): Promise<void> {
  await Promise.resolve([name, value]);
}

function orderId(): string {
  return `order-${Date.now()}`;
}

function stamped(name: string): { name: string; at?: Date } {
  const made: { name: string; at?: Date } = { name };
  made.at = new Date();
  return made;
}

function dayOf(now = new Date()): number {
  return now.getDate();
}

function isLate(due: Date): boolean {
  if (due.getTime() < Date.now()) return true;
  return false;
}

const pick = (list: readonly string[]): string | undefined => list[Math.floor(Math.random() * list.length)];
const shortId = customAlphabet('abc', 8);
const now = Date.now;
const ids = { next: () => nanoid() };

class Order {
  readonly id = nanoid();
  readonly created: number;
  constructor() {
    this.created = Date.now();
  }
}

class Clock {
  now(): number {
    return performance.now();
  }
}
const clock = new Clock();

export async function main(due: Date): Promise<unknown> {
  'use durable';
  const id = orderId();
  await note('a', id);
  await note('b', id);
  const order = new Order();
  const later = new Clock();
  const codeId = customAlphabet('xyz', 4);
  if (isLate(due)) await note('late', stamped('late'));
  return [dayOf(), later.now(), codeId(), order, pick(['a', 'b']), shortId(), now(), ids.next(), clock.now(), [1, 2].map(orderId)];
}

export async function returned(): Promise<string> {
  'use durable';
  const id = orderId();
  await note('a', id);
  return id;
}
