/**
 * What the fixtures use to act on the outside world. `effect` stands for something that can be seen from outside; the
 * harness compares the order of all of them over plain, compiled and crashed executions.
 */
interface Recorder {
  effects: string[];
}

const KEY = Symbol.for('use-durable.test.effects');
const holder = globalThis as unknown as Record<symbol, Recorder>;

/** One recorder for all copies of this module that a test runner may load. */
const recorder = (): Recorder => {
  holder[KEY] ??= { effects: [] };
  return holder[KEY];
};

export function effect(name: string): void {
  recorder().effects.push(name);
}

/** The effects since the last call. */
export function takeEffects(): string[] {
  const { effects } = recorder();
  recorder().effects = [];
  return effects;
}

/** Resolves after some milliseconds. */
export function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}

/** Rejects after some milliseconds. */
export function fail(ms: number, error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), ms));
}
