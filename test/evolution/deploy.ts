/** Versions of one durable function that are deployed one after the other, and what they make of each other's runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import { createRuntime, memoryStore, type RuntimeEvent, type Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { Manifests } from '../../runtime/local/run/manifests.ts';
import { eventsOf, settled, storeWith } from '../support/crash.ts';
import { emitThroughText } from '../support/fixtures.ts';
import { calls, failing } from './services.ts';

const FOLDER = new URL('../.tmp/evolution/', import.meta.url);

export const sourceOf = (id: string, body: string): string => `
import { createCallback, since, sleep, step, waitFor, withPolicy } from 'use-durable';
import pMap from 'p-map';
import { api, check, flaky, hold, isOpen, pay, reserve, say, ship } from '../../evolution/services.ts';
const retried = withPolicy(flaky, { retry: { attempts: 3, delay: '1ms', jitter: 0 } });
export async function main(n: number): Promise<unknown> {
  'use durable as ${id}';
  ${body}
}
`;

let files = 0;

/** Loads a version of the code, which takes the place of the one before. */
export async function deploy(id: string, body: string, around = '', lock?: string): Promise<AnyFunction> {
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(`${id}-${++files}.mjs`, FOLDER);
  const source = sourceOf(id, body) + around;
  const fixture = { name: id, file: 'order.ts', folder: '', source, ...(lock !== undefined && { lock }) };
  writeFileSync(file, emitThroughText(fixture));
  const { main } = (await import(/* @vite-ignore */ pathToFileURL(file.pathname).href)) as {
    main: AnyFunction;
  };
  return main;
}

export interface Seen {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly calls: readonly string[];
  readonly events: readonly JournalEvent[];
}

export async function runWhole(main: AnyFunction): Promise<Seen> {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  calls.length = 0;
  failing.clear();
  const handle = await runtime.start(main, [1], { id: 'whole' });
  const outcome = await settled(handle.result());
  await runtime.close();
  return { outcome, calls: [...calls], events: eventsOf(store, 'whole') };
}

export interface Resumed extends Seen {
  readonly store: Store;
  readonly blocked: string | undefined;
  readonly told: readonly RuntimeEvent<'code-changed'>[];
}

/** What the code that is deployed now makes of a run. */
export async function resume(store: Store, prefix: readonly JournalEvent[]): Promise<Resumed> {
  const told: RuntimeEvent<'code-changed'>[] = [];
  let blocked: string | undefined;
  const runtime = createRuntime({ store, onBlocked: ({ error }) => (blocked = error.message) });
  runtime.on('code-changed', (event) => told.push(event));
  calls.length = 0;
  failing.clear();
  if (prefix.some(({ type }) => type === 'attempt-failed')) failing.add(1);
  const [handle] = await runtime.recover();
  const outcome = await settled(handle!.result());
  await runtime.close();
  return { store, outcome, blocked, told, calls: [...calls], events: eventsOf(store, 'run') };
}

/** A store in which a process died that had written so much of a run of this function. */
export async function died(main: AnyFunction, prefix: readonly JournalEvent[]): Promise<Store> {
  const store = storeWith('run', prefix);
  await new Manifests(store).keep(definitionOf(main)!);
  return store;
}
