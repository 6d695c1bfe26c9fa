/** Durable functions with the mistakes that a compiler can't see, or only warns of. */
import { hrtime } from 'node:process';
import { sleep, waitFor } from 'use-durable';
import { addTag, audit, chargeCard, insertUser, load, notify, save, visit } from './outside.ts';

const counter = { value: 0 };
const nextNumber = (): number => ++counter.value;
const visits = { value: 0 };
const nextVisit = (): number => ++visits.value;
const stamp = (): string => hrtime.bigint().toString();
const cache = new Map<number, unknown>();
const known = (id: number): unknown => cache.get(id);
const remember = (id: number, value: unknown): void => void cache.set(id, value);
const draw = (): number => Math.random();
const write = (line: string): void => void audit.push(line);
const settings = { express: true };
const isExpress = (): boolean => settings.express;
const seen = new Set<string>();

let token = 'none';
async function logIn(): Promise<void> {
  token = 'secret';
}

async function request(): Promise<string> {
  return `with ${token}`;
}

/** The state is in a member, and not in a variable of the module. */
class Client {
  #session = 'none';
  async connect(): Promise<void> {
    this.#session = 'open';
  }
  async ask(): Promise<string> {
    return `with ${this.#session}`;
  }
}
const client = new Client();

/** It keeps what it made, and its name doesn't say so. */
let account: Promise<void> | undefined;
const customer = (): Promise<void> => {
  account ??= chargeCard('visa', 1).then(() => {});
  return account;
};

async function changeSettings(): Promise<void> {
  settings.express = !settings.express;
}

async function collect(name: string): Promise<void> {
  seen.add(name);
}

export async function numbered() {
  'use durable';
  const number = nextNumber();
  await save('first');
  return { invoice: { number } };
}

export async function stamped() {
  'use durable';
  await save('first');
  await save(stamp());
}

export async function drawn() {
  'use durable';
  await load(1);
  if (draw() < 0.5) await save('heads');
  else await sleep(5);
  await load(2);
}

export async function cached() {
  'use durable';
  let value = known(7);
  if (value === undefined) {
    value = await load(7);
    remember(7, value);
  }
  return await save(value);
}

export async function audited() {
  'use durable';
  const receipt = await chargeCard('a', 1);
  write(`charged: ${receipt}`);
  await save(receipt);
}

export async function chargedTwice() {
  'use durable';
  await save('first');
  return await chargeCard('a', 100);
}

export async function insertedTwice() {
  'use durable';
  const user = await insertUser('Ada');
  return await save(user);
}

export async function changedArgument() {
  'use durable';
  const order = await load(1);
  await addTag(order, 'express');
  return await save(order);
}

export async function printed() {
  'use durable';
  await save('first');
  console.log('it took', stamp());
  await save('second');
}

export async function switched() {
  'use durable';
  await changeSettings();
  if (isExpress()) await save('express');
  else await save('slow');
}

export async function visited() {
  'use durable';
  const visits = await visit('page');
  if (visits > 1) await save('again');
  return visits;
}

export async function collected() {
  'use durable';
  await collect('a');
  await collect('b');
  return [...seen];
}

export async function handed() {
  'use durable';
  await logIn();
  return await request();
}

export async function connected() {
  'use durable';
  await client.connect();
  return await client.ask();
}

export async function remembered() {
  'use durable';
  await customer();
  await save('first');
  await customer();
}

export async function abandoned() {
  'use durable';
  const number = nextVisit();
  const first = await save('first');
  if (number > 1) await waitFor('never');
  return first;
}

export async function impatient() {
  'use durable';
  const token = stamp();
  await notify('soon');
  throw Object.assign(new Error('failed'), { token });
}
