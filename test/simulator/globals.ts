/** What programs use of their process while a simulation runs: the timers and clocks of whoever is acting. */
import { vi } from 'vitest';
import type { Alarm, Loop, Loops } from './loop.ts';
import type { Random } from './random.ts';

type Callback = (...args: unknown[]) => void;

const target = globalThis as unknown as Record<string, unknown>;
const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] as const;
const CONSOLE = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** As `setTimeout` of Node gives it. */
class Handle {
  readonly loop: Loop;
  readonly alarm: Alarm;

  constructor(loop: Loop, alarm: Alarm) {
    this.loop = loop;
    this.alarm = alarm;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

export interface Surroundings {
  readonly loops: Loops;
  readonly random: Random;
  /** The wall clock of whoever is acting. */
  now(): number;
  /** How long a wait in a step takes, in ms. */
  pace(ms: number): number;
  /** A warning of the process; its code. */
  warned(code: string): void;
  /** A rejection that nobody handles, and that belongs to no run. */
  rejected(reason: unknown): void;
}

/** Calls `body` with these in the place of those of the process. */
export async function surrounded<T>(around: Surroundings, body: () => Promise<T>): Promise<T> {
  const { loops } = around;
  const originals = NAMES.map((name) => target[name]);
  const acting = (): Loop => {
    if (loops.acting === undefined) throw new Error('nobody is acting');
    return loops.acting;
  };
  const timer = (callback: Callback, ms: number, args: unknown[], every?: number): Handle => {
    const loop = acting();
    return new Handle(
      loop,
      loop.after(ms, () => callback(...args), every),
    );
  };
  const clear = (handle: unknown): void => {
    if (handle instanceof Handle) handle.loop.clear(handle.alarm);
  };
  Object.assign(target, {
    setTimeout: (callback: Callback, ms = 0, ...args: unknown[]) => timer(callback, around.pace(ms), args),
    setInterval: (callback: Callback, ms = 1, ...args: unknown[]) => timer(callback, ms, args, ms),
    setImmediate: (callback: Callback, ...args: unknown[]) => acting().turn(() => callback(...args)),
    clearTimeout: clear,
    clearInterval: clear,
  });
  vi.spyOn(Date, 'now').mockImplementation(() => around.now());
  vi.spyOn(Math, 'random').mockImplementation(() => around.random.float());
  for (const method of CONSOLE) vi.spyOn(console, method).mockReturnValue(undefined);
  vi.spyOn(process, 'emitWarning').mockImplementation((...args: unknown[]) => {
    const code = typeof args[1] === 'object' ? (args[1] as { code?: string }).code : args[2];
    around.warned(String(code));
  });
  const others = process.listeners('unhandledRejection').filter((listener) => !(KEEPS in listener));
  for (const listener of others) process.off('unhandledRejection', listener);
  const listen = (reason: unknown, promise: Promise<unknown>): void => {
    // Those of the runtime may be asked later.
    queueMicrotask(() => {
      if (!isKept(promise)) around.rejected(reason);
    });
  };
  process.on('unhandledRejection', listen);
  try {
    return await body();
  } finally {
    process.off('unhandledRejection', listen);
    for (const listener of others) process.on('unhandledRejection', listener);
    vi.restoreAllMocks();
    for (const [index, name] of NAMES.entries()) target[name] = originals[index];
  }
}

const KEEPS = Symbol.for('use-durable.keeps');

/** Whether it belongs to a run; see `runtime/run/rejections.ts`. */
const isKept = (promise: object): boolean =>
  process.listeners('unhandledRejection').some((listener) => {
    const keeps = (listener as { [KEEPS]?: (promise: object) => boolean })[KEEPS];
    return keeps?.(promise) === true;
  });
