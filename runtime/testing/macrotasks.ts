import { MessageChannel } from 'node:worker_threads';

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
