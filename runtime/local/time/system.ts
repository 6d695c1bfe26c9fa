import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Fires until it is cleared; it keeps the process alive, unless it is unreferenced. */
export interface SystemTimer {
  ref(): SystemTimer;
  unref(): SystemTimer;
}

/**
 * What a worker uses of its process and machine, besides the clock by which its runs wait. A simulation has one for each
 * worker.
 */
export interface System {
  readonly host: string;
  readonly pid: number;
  /** The wall clock, in which the leases of workers are compared. ms since the epoch. */
  now(): number;
  /** A monotonic clock, in ms. */
  uptime(): number;
  setTimeout(callback: () => void, ms: number): SystemTimer;
  setInterval(callback: () => void, ms: number): SystemTimer;
  clear(timer: SystemTimer | undefined): void;
  /** So many random bytes, in hex. */
  random(bytes: number): string;
}

/** Read at each call, so that installed fake timers are used. */
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
