/** What the programs do outside: every call of a step is a line in a file, written at once, so that no kill loses it. */
import { appendFileSync, closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { currentRun, currentStep } from '../../../runtime/index.ts';
import { plainAttempt } from './plain.ts';

export interface Effect {
  readonly run: string;
  readonly key: string;
  readonly attempt: number;
  readonly pid: number;
}

/** Names the file; without it nothing is written, and what is called is plain. */
export const EFFECTS = 'USE_DURABLE_TEST_EFFECTS';
/** Behind the name of that file: a file that releases what is busy. */
export const RELEASED = '.released';
/** How long a call takes, in ms. */
export const PACE = 'USE_DURABLE_TEST_PACE';

/**
 * Doubles a number that isn't negative.
 *
 * @param failures so many attempts fail before one succeeds
 */
export async function act(name: string, value: number, failures = 0): Promise<string> {
  const file = process.env[EFFECTS];
  const attempt = file === undefined ? plainAttempt() : currentStep().attempt;
  if (file !== undefined) {
    note(file, attempt);
    await delay(Number(process.env[PACE] ?? 0));
  }
  if (value < 0) throw new RangeError(`${name} takes no ${value}`);
  if (attempt <= failures) throw new Error(`${name} fails the first ${failures} times`);
  return `${name} ${value * 2}`;
}

/** Foreign code that forgets a promise of its own. */
export async function beyond(): Promise<string> {
  const forget = async (): Promise<never> => Promise.reject(new RangeError('forgotten by foreign code'));
  void forget();
  await delay(20);
  return 'beyond';
}

/** Blocks the process that calls it first, and no other, for so many ms or until it is released. */
export function busy(ms: number): string {
  const file = process.env[EFFECTS];
  if (file !== undefined) {
    note(file, currentStep().attempt);
    if (!isFirst(`${file}.busy`)) return 'idle';
    const end = performance.now() + ms;
    while (performance.now() < end && !existsSync(file + RELEASED)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
  return 'idle';
}

function isFirst(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function note(file: string, attempt: number): void {
  const effect: Effect = { run: currentRun().id, key: currentStep().key, attempt, pid: process.pid };
  appendFileSync(file, `${JSON.stringify(effect)}\n`);
}

/** Takes so many ms. */
export async function stay(ms: number): Promise<string> {
  const file = process.env[EFFECTS];
  if (file === undefined) return 'stayed';
  note(file, currentStep().attempt);
  await delay(ms);
  return 'stayed';
}

/** Ends the process, unless a file says that it is mended. */
export async function deadly(how: string): Promise<string> {
  const file = process.env[EFFECTS];
  if (file === undefined) return 'alive';
  note(file, currentStep().attempt);
  if (existsSync(file + RELEASED)) return 'alive';
  if (how === 'abort') process.abort();
  if (how === 'exit') process.exit(1);
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  if (how === 'memory') {
    const all: number[][] = [];
    for (;;) all.push(Array.from({ length: 1_000_000 }, Math.random));
  }
  // Later, in something that no step is known to have begun.
  await delay(200);
  process.abort();
}
