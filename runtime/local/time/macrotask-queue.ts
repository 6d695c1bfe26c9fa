import { Fifo } from '../../base/fifo.ts';

/**
 * Node runs the immediates that are queued one after the other, each with its microtasks, and only then goes round its
 * loop, which costs more than a short turn itself. So some are queued ahead, for turns that are asked for meanwhile.
 */
const AHEAD = 8;
/** After this time the rest of the program gets its turn first. In ms. The wall clock counts whole ms, so no budget is shorter. */
const BUDGET = 1;

type Turn = (now: number) => void;

const waiting = new Fifo<Turn>();
let queued = 0;
let end = 0;

/** Calls back in a turn of its own, when all microtasks have run. Turns come in the order of the calls. */
export function nextTurn(callback: Turn): void {
  waiting.add(callback);
  if (queued === 0) queue();
}

function queue(): void {
  end = 0;
  for (; queued < AHEAD; queued++) setImmediate(turn);
}

/** Reading the clock costs a noticeable part of a short turn, so the callback receives this reading. */
function turn(): void {
  queued--;
  if (waiting.size === 0) return;
  const now = Date.now();
  if (end === 0) end = now + BUDGET;
  if (now < end) {
    const callback = waiting.shift()!;
    if (queued === 0 && waiting.size > 0) queue();
    callback(now);
  } else if (queued === 0) queue();
}
