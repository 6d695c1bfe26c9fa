import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { runPlain } from '../../runtime/compiled.ts';
import { keepIntrinsics } from './intrinsics.ts';
import type { Mode } from './variants.ts';

/** What can be seen of a program that has run. */
export interface Observed {
  /** `passed`, or the error that stopped it. */
  readonly outcome: string;
  /** How many turns of the microtask queue it took, as a chain of promises beside it counts them. */
  readonly ticks: number;
}

const COMPILED = new URL('../../runtime/compiled.ts', import.meta.url).href;
/** After so many turns the chain stops counting: the program waits for something else. */
const PATIENCE = 5000;
const DEADLINE = 1500;

const load = createRequire(import.meta.url);
const loaded = new Set<string>();
let programs = 0;

/** Defines the functions that tests rely on; each file once in a process. */
export function loadHarness(checkout: string, includes: readonly string[]): void {
  for (const name of ['assert.js', 'sta.js', 'doneprintHandle.js', ...includes]) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    runInThisContext(readFileSync(join(checkout, 'harness', name), 'utf8'), { filename: name });
  }
}

/**
 * Runs one program of a test to its end.
 *
 * @param folder of the test: what it imports stands beside it
 */
export async function execute(code: string, mode: Mode, isAsync: boolean, folder: string): Promise<Observed> {
  const file = join(folder, `${process.pid}-${programs++}.mjs`);
  // A process can't have two durable functions with one id.
  const unique = code.replace(/(define\(\{\s*"id":\s*")/g, `$1${programs}-`);
  writeFileSync(file, unique.replace('"use-durable/compiled"', JSON.stringify(COMPILED)));
  const restore = keepIntrinsics();
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const done = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  Object.assign(globalThis, {
    $DONE: (error?: unknown) => (error === undefined ? resolve() : reject(error)),
  });
  let ticks = 0;
  let over = false;
  const beat = (): void => {
    if (over || ticks >= PATIENCE) return;
    ticks++;
    void resolved.then(beat);
  };
  const resolved = Promise.resolve();
  const timer = setTimeout(() => reject(new Error('never done')), DEADLINE);
  let failure: { readonly error: unknown } | undefined;
  try {
    const started = runPlain(() => {
      const module = load(file) as { main?: () => Promise<unknown> };
      beat();
      return mode === 'body' ? module.main?.() : undefined;
    });
    void settle(started, isAsync ? undefined : resolve, reject);
    await done;
  } catch (error) {
    failure = { error };
  }
  over = true;
  restore();
  clearTimeout(timer);
  rmSync(file);
  const outcome = failure ? describe(failure.error).replaceAll(basename(file), 'program') : 'passed';
  return { outcome, ticks };
}

/** By `await`: a test may have changed what `then` and `Promise.race` do. */
async function settle(
  started: Promise<unknown> | undefined,
  resolve: (() => void) | undefined,
  reject: (error: unknown) => void,
): Promise<void> {
  try {
    await started;
    resolve?.();
  } catch (error) {
    reject(error);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error || isThrown(error)
    ? `${error.name ?? 'Test262Error'}: ${error.message}`
    : String(error);

/** `Test262Error` is no subclass of `Error`, and has no name. */
const isThrown = (error: unknown): error is { readonly name?: string; readonly message: string } =>
  typeof error === 'object' && error !== null && typeof (error as { message?: unknown }).message === 'string';
