/** Turns of the event loop. */

// As they are now: test environments that fake timers would let a turn take many ms.
const nextTurn = setImmediate;
const { nextTick } = process;

export const turn = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/** Runs all microtasks, and those that they queue: Node runs a tick when no microtask is left. */
export const drain = (): Promise<void> => new Promise((resolve) => nextTick(resolve));
