/** What the kit needs of the platform, by ways that fake timers don't touch. */
import { MessageChannel } from 'node:worker_threads';

const { setTimeout, clearTimeout } = globalThis;
const now = performance.now.bind(performance);

/** The timers that were there when this module was loaded. */
export const real = {
  /** Ms since some moment. */
  now: (): number => now(),
  /** Calls back after `ms` of real time. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

const queue: (() => void)[] = [];
const { port1: inside, port2: outside } = new MessageChannel();

inside.on('message', () => {
  const callback = queue.shift();
  if (queue.length === 0) inside.unref();
  callback?.();
});
inside.unref();

/**
 * Calls back in a turn of the event loop of its own, after all microtasks: what `setImmediate` does, by a way that fake
 * timers don't touch, whenever they were put in place. Until then the process stays.
 */
export function nextTurn(callback: () => void): void {
  if (queue.length === 0) inside.ref();
  queue.push(callback);
  outside.postMessage(undefined);
}
