import { Randomness } from '../base/seeded-random.ts';
import type { WebConsole } from '../base/web-types.ts';
import { insideStep, type Run } from '../run/context.ts';
import { gatedConsole } from '../run/replay-safe-console.ts';
import { standIn } from './global-proxies.ts';
import { insideStepScope, unknownBuiltin } from './pass-through.ts';

/**
 * What the body of a run sees of the world: a clock, randomness and a console that are the same on every replay.
 * Nothing is recorded for them. Inside a step they are the real ones.
 */
export class Surroundings {
  protected readonly run: Run;
  protected readonly path: string;
  #randomness: Randomness | undefined;

  /** `path` is the key of the scope, empty for the root scope. */
  constructor(run: Run, path: string) {
    this.run = run;
    this.path = path;
  }

  /** `Date.now()`: the time of the last event that was delivered to the run, in ms since the epoch. */
  now(): number {
    return insideStep() ? Date.now() : this.run.backend.now();
  }

  /** `new Date(...args)`. */
  date(...args: unknown[]): Date {
    return Reflect.construct(Date, args.length === 0 ? [this.now()] : args) as Date;
  }

  /** `Date()` called as a function, which ignores its arguments. */
  dateString(): string {
    return this.date().toString();
  }

  /** `performance.now()`: ms since the run was started. */
  performanceNow(): number {
    return insideStep() ? performance.now() : this.run.backend.now() - this.run.startedAt;
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

  /**
   * One of the builtins above as a value, for code that passes it on: `items.map(Math.random)`, `const { random } = Math`.
   *
   * @param original what the source names, where that isn't the global
   */
  builtin(name: string, original?: unknown): unknown {
    if (insideStep()) return insideStepScope.builtin(name, original);
    const stand = standIn(this, name, original);
    if (stand === undefined) throw unknownBuiltin(name);
    return stand;
  }

  get console(): WebConsole {
    if (insideStep()) return console;
    this.run.console ??= gatedConsole(this.run);
    return this.run.console;
  }

  #random(): Randomness {
    this.#randomness ??= new Randomness(this.run.backend.seed, this.path);
    return this.#randomness;
  }
}
