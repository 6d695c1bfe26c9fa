import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent, Runtime } from 'use-durable';
import type { Child } from '../../scripts/processes.ts';
import { type Display, duration, meter } from '../../scripts/ui.ts';

const LOOK_EVERY_MS = 40;

/**
 * Shows a run that another process works on, by reading its journal again and again. This process never works on it:
 * it only looks.
 */
export class Follower {
  readonly #runtime: Runtime;
  readonly #id: string;
  readonly #display: Display;
  #shown = 0;

  constructor(runtime: Runtime, id: string, display: Display) {
    this.#runtime = runtime;
    this.#id = id;
    this.#display = display;
  }

  /** The journal so far; empty before the run has begun. */
  async events(): Promise<readonly RunEvent[]> {
    const run = await this.#runtime.get(this.#id);
    return run === undefined ? [] : run.events();
  }

  /** Resolves when the worker has ended, or the journal holds what is waited for; true in the latter case. */
  async until(
    worker: Child,
    reached: (events: readonly RunEvent[]) => boolean = () => false,
  ): Promise<boolean> {
    try {
      while (true) {
        // Asked before the journal is read, so that nothing which it recorded last is missed.
        const ended = worker.exit !== undefined;
        const events = await this.events();
        this.#show(events, worker);
        if (reached(events)) return true;
        if (ended) return false;
        await delay(LOOK_EVERY_MS);
      }
    } finally {
      this.#display.clearBottom();
    }
  }

  #show(events: readonly RunEvent[], { pid }: Child): void {
    for (const event of events.slice(this.#shown)) {
      const text = describe(event);
      if (text !== undefined) this.#display.line(`  recorded  ${text}`);
    }
    this.#shown = events.length;
    this.#display.bottom(`process ${pid} ${activity(events, Date.now())}`);
  }
}

function describe(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `run of ${event.fn} started`;
    case 'step':
      return `${event.key} ${event.ok ? 'returned' : 'threw'} after ${duration(event.at - event.startedAt)}`;
    case 'wait-set':
      return `${event.key} for ${duration(event.until - event.at)}`;
    case 'run-ended':
      return `run ${event.ok ? 'completed' : 'failed'}`;
    default:
      return undefined;
  }
}

/** What the run is doing now: waiting, if the last wait that was set hasn't fired yet. */
function activity(events: readonly RunEvent[], now: number): string {
  const wait = events.findLast((event) => event.type === 'wait-set' || event.type === 'wait-fired');
  if (wait?.type !== 'wait-set') return 'works';
  const whole = wait.until - wait.at;
  const left = Math.max(wait.until - now, 0);
  return `${meter(1 - left / whole)} ${wait.key}: ${(left / 1000).toFixed(1)} s left`;
}
