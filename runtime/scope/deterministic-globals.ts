import { Randomness } from '../base/seeded-random.ts';
import type { WebConsole } from '../base/web-types.ts';
import type { DeterministicGlobals } from '../functions/durable-scope.ts';
import { insideStep } from '../run/context.ts';
import { replaySafeConsole } from '../run/replay-safe-console.ts';
import type { Run } from '../run/run.ts';
import { globalProxy } from './global-proxies.ts';
import { insideStepScope } from './pass-through.ts';
import { unknownBuiltin } from './plain-builtins.ts';

/**
 * The clock, the randomness and the console of a scope. They are the same on every replay, and nothing is recorded for
 * them. Inside a step they are the real ones.
 */
export class ScopeGlobals implements DeterministicGlobals {
  readonly #run: Run;
  readonly #path: string;
  #randomness: Randomness | undefined;

  /** @param path the key of the scope: each scope has random numbers of its own */
  constructor(run: Run, path: string) {
    this.#run = run;
    this.#path = path;
  }

  /** The time of the last event that was delivered to the run. */
  now(): number {
    return insideStep() ? Date.now() : this.#run.backend.now();
  }

  date(...args: unknown[]): Date {
    return Reflect.construct(Date, args.length === 0 ? [this.now()] : args) as Date;
  }

  dateString(): string {
    return this.date().toString();
  }

  performanceNow(): number {
    return insideStep() ? performance.now() : this.#run.backend.now() - this.#run.startedAt;
  }

  random(): number {
    return insideStep() ? Math.random() : this.#random().float();
  }

  randomUUID(): string {
    return insideStep() ? crypto.randomUUID() : this.#random().uuid();
  }

  getRandomValues<T extends ArrayBufferView>(view: T): T {
    return insideStep() ? insideStepScope.getRandomValues(view) : this.#random().fill(view);
  }

  builtin(name: string, original?: unknown): unknown {
    if (insideStep()) return insideStepScope.builtin(name, original);
    const proxy = globalProxy(this, name, original);
    if (proxy === undefined) throw unknownBuiltin(name);
    return proxy;
  }

  get console(): WebConsole {
    if (insideStep()) return console;
    this.#run.console ??= replaySafeConsole(this.#run);
    return this.#run.console;
  }

  #random(): Randomness {
    const { seed } = this.#run.backend;
    // It changes once, in a run that began with what another one had recorded.
    if (this.#randomness?.seed !== seed) this.#randomness = new Randomness(seed, this.#path);
    return this.#randomness;
  }
}
