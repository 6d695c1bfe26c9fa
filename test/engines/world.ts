/**
 * The world that programs act on: a file of effects for each run, in a folder that the environment names, so that it
 * outlives the process of the run. In the mode `kill` the process dies here, where it is certain what has happened.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { hash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { currentRun, currentStep } from '../../runtime/index.ts';

export interface Effect {
  readonly name: string;
  readonly data?: unknown;
  /** Key of its step. */
  readonly key?: string;
}

/** The process died; `recorded` are the keys of steps that the engine knew to be recorded then, if it can tell. */
export interface Death {
  readonly died: 'before' | 'after' | 'seen';
  readonly name?: string;
  readonly recorded?: readonly string[];
}

const FOLDER = 'USE_DURABLE_TEST_WORLD';
const KILLS = 'USE_DURABLE_TEST_KILLS';

/** The run of a plain function. */
export const plainRun = new AsyncLocalStorage<{ readonly id: string }>();

/**
 * The environment in which processes die in `effect()`: once for each name of an effect, in turn right after it and
 * right before it.
 *
 * @param limit so many times for each run at most
 */
export const killing = (limit: number): Record<string, string> => ({ [KILLS]: String(limit) });

/** Something happens outside. Called in steps. `data` must be JSON. */
export function effect(name: string, data?: unknown, run: string = runId()): void {
  const before = happened(run);
  const key = plainRun.getStore() === undefined ? currentStep().key : undefined;
  const when = nextDeath(before, name);
  if (when === 'before') die(run, { died: 'before', name });
  write(run, { name, ...(data !== undefined && { data }), ...(key !== undefined && { key }) });
  if (when === 'after') die(run, { died: 'after', name });
}

// Lines that a body prints are effects of its run without a step.
const print = console.log;
console.log = (...args: unknown[]) => {
  if (String(args[0]).startsWith('line: ')) write(runId(), { name: args.join(' ') });
  else print(...args);
};

/** For engines that can tell: what was recorded of a run when its process died. */
export function noteDeath(run: string, recorded: readonly string[]): void {
  write(run, { died: 'seen', recorded });
}

/** All that happened in a run so far. */
export function happened(run: string): (Effect | Death)[] {
  const file = fileOf(run);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Effect | Death);
}

export const isEffect = (entry: Effect | Death): entry is Effect => !('died' in entry);

/** Waits until an effect has happened, and gives its data. Rejects where `ended` says that it won't any more. */
export async function seen(run: string, name: string, ended: AbortSignal): Promise<unknown> {
  for (;;) {
    const found = happened(run).find((entry) => isEffect(entry) && entry.name === name);
    if (found !== undefined) return (found as Effect).data;
    if (ended.aborted) throw new Error(`The run has ended without the effect "${name}".`);
    await delay(5);
  }
}

function nextDeath(before: readonly (Effect | Death)[], name: string): 'before' | 'after' | undefined {
  const limit = Number(process.env[KILLS] ?? 0);
  const deaths = before.filter((entry): entry is Death => 'died' in entry && entry.died !== 'seen');
  if (deaths.length >= limit || before.some((entry) => entry.name === name)) return undefined;
  return deaths.length % 2 === 0 ? 'after' : 'before';
}

function die(run: string, death: Death): void {
  write(run, death);
  process.kill(process.pid, 'SIGKILL');
}

const runId = (): string => plainRun.getStore()?.id ?? currentRun().id;

function write(run: string, entry: Effect | Death): void {
  appendFileSync(fileOf(run), `${JSON.stringify(entry)}\n`);
}

/** Ids of engines can be longer than names of files. */
const fileOf = (run: string): string => join(openWorld(), hash('sha256', run, 'hex').slice(0, 32));

/** Forgets all that happened. Nothing may be under way any more. */
export function closeWorld(): void {
  rmSync(openWorld(), { recursive: true, force: true });
  delete process.env[FOLDER];
}

/** The folder. The first process that asks makes it; those that are started after that find it in their environment. */
export function openWorld(): string {
  const known = process.env[FOLDER];
  if (known !== undefined) return known;
  const parent = fileURLToPath(new URL('../.tmp/engines/', import.meta.url));
  mkdirSync(parent, { recursive: true });
  const made = mkdtempSync(join(parent, 'world-'));
  process.env[FOLDER] = made;
  return made;
}
