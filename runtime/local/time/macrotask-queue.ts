/**
 * Node runs the immediates that are queued one after the other, each with its microtasks, and only then goes round its
 * loop, which costs more than a short turn itself. So some are queued ahead, for turns that are asked for meanwhile.
 */
const AHEAD = 8;
/** When turns have taken so long, the rest of the program gets its turn first. In ms. */
const BUDGET = 1;

let waiting: (() => void)[] = [];
let next = 0;
let queued = 0;
let end = 0;

/** Calls back in a turn of its own, when all microtasks have run. Calls come in the order in which they were asked for. */
export function nextTurn(callback: () => void): void {
  waiting.push(callback);
  if (queued === 0) queue();
}

function queue(): void {
  end = 0;
  for (; queued < AHEAD; queued++) setImmediate(turn);
}

function turn(): void {
  queued--;
  const callback = waiting[next];
  if (callback === undefined) return;
  const now = performance.now();
  if (end === 0) end = now + BUDGET;
  if (now < end) {
    next++;
    if (next === waiting.length) {
      waiting = [];
      next = 0;
    }
    if (queued === 0 && next < waiting.length) queue();
    callback();
  } else if (queued === 0) queue();
}
