import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Fires until it is cleared; it keeps the process alive, unless it is unreferenced. */
export interface SystemTimer {
  ref(): SystemTimer;
  unref(): SystemTimer;
}

/**
 * What a worker uses of its process and machine, beside the clock by which its runs wait. A simulation gives each worker
 * one of its own.
 */
export interface System {
  readonly host: string;
  readonly pid: number;
  /** The wall clock, by which workers tell each other how long their leases hold. ms since the epoch. */
  now(): number;
  /** A clock that nobody sets, in ms. */
  uptime(): number;
  setTimeout(callback: () => void, ms: number): SystemTimer;
  setInterval(callback: () => void, ms: number): SystemTimer;
  clear(timer: SystemTimer | undefined): void;
  /** So many random bytes, in hex. */
  random(bytes: number): string;
}

/** Looked up at each call, so that fake timers are used where they are installed. */
export const processSystem: System = {
  host: hostname(),
  pid: process.pid,
  now: () => Date.now(),
  uptime: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  setInterval: (callback, ms) => setInterval(callback, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  random: (bytes) => randomBytes(bytes).toString('hex'),
};
