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

interface Turn {
  readonly due: number;
  readonly end: () => void;
}

/** More rounds of the event loop than a run takes from the end of one step to the start of the next. */
const QUIET_ROUNDS = 32;
const turns: Turn[] = [];
let now = 0;
let quiet = 0;

/**
 * Resolves after so many milliseconds of a time that passes only when nothing else happens: what takes longer comes later,
 * however busy the machine is.
 */
export function inTurn<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    turns.push({ due: now + ms, end: () => resolve(value) });
    quiet = 0;
    if (turns.length === 1) setImmediate(pass);
  });
}

function pass(): void {
  if (++quiet > QUIET_ROUNDS) {
    quiet = 0;
    const next = turns.reduce((first, turn) => (turn.due < first.due ? turn : first));
    turns.splice(turns.indexOf(next), 1);
    now = next.due;
    next.end();
  }
  if (turns.length > 0) setImmediate(pass);
}
