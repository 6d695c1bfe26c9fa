import { MisuseError } from '../../base/errors.ts';
import { runRemoved } from '../../base/messages/runs.ts';
import { runNeverGotTo } from '../../base/messages/testing.ts';
import { isDelivery } from '../../journal/replay-machine.ts';
import type { RunStatus, Store, StoredRun } from '../../stores/store.ts';
import { NeverError } from './errors.ts';
import { namesOf } from './steps.ts';
import { eventsOf } from './store-log.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How far runs have come, and waiting until they have come so far. */
export class Progress {
  readonly #store: Store;
  readonly #time: VirtualTime;
  /** The keys that runs have requested. */
  readonly #asked = new Map<string, Set<string>>();

  /** @param store in memory */
  constructor(store: Store, time: VirtualTime) {
    this.#store = store;
    this.#time = time;
  }

  /** A run makes a request. */
  note(runId: string, key: string): void {
    const keys = this.#asked.get(runId);
    if (keys === undefined) this.#asked.set(runId, new Set([key]));
    else keys.add(key);
    this.#time.look();
  }

  load(runId: string): StoredRun {
    const run = this.#store.load(runId);
    if (run === undefined || run instanceof Promise) {
      throw new MisuseError(runRemoved(runId));
    }
    return run;
  }

  /** Whether the run has made a request with this name. */
  hasAsked(runId: string, name: string): boolean {
    return [...this.asked(runId)].some((key) => namesOf(key).includes(name));
  }

  /** The token of the first callback that was made under this name. */
  token(runId: string, name: string): string | undefined {
    const created = this.load(runId).events.flatMap((event) =>
      event.type === 'callback-created' ? [event] : [],
    );
    const exact = created.find(({ key }) => key === name);
    return (exact ?? created.find(({ key }) => namesOf(key).includes(name)))?.token;
  }

  /** The requested keys of a run without an outcome, in quotation marks. */
  unanswered(runId: string): readonly string[] {
    const settled = new Set(
      this.load(runId).events.flatMap((event) => (isDelivery(event) && 'key' in event ? [event.key] : [])),
    );
    return [...this.asked(runId)].filter((key) => !settled.has(key)).map((key) => `"${key}"`);
  }

  /** Resolves when a run has written this number of events and `isReady` returns true, or when it can't get there by itself. */
  reach(runId: string, count: number, isReady: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const over = (isOver: boolean): boolean => {
        if (isOver) resolve();
        return isOver;
      };
      const done = (): boolean => over(eventsOf(this.#store, runId).length >= count && isReady());
      this.#time.wait({ done, quiet: (next) => over(next === undefined) });
    });
  }

  /** Resolves when nothing happens any more although the run hasn't ended, with the keys that it waits for. */
  stuck(runId: string): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const done = (): boolean => !isUnderWay(this.load(runId).record.status);
      const quiet = (next: number | undefined): boolean => {
        if (next === undefined) resolve(this.unanswered(runId));
        return next === undefined;
      };
      this.#time.wait({ done, quiet });
    });
  }

  /** Resolves with the result of `find`; rejects with NeverError if `find` can't return anything any more. */
  find<T>(runId: string, name: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const never = (why: string): true => {
        reject(new NeverError(runNeverGotTo(runId, name, why, this.#shown(runId))));
        return true;
      };
      const done = (): boolean => {
        const found = find();
        if (found !== undefined) {
          resolve(found);
          return true;
        }
        const { status } = this.load(runId).record;
        return isUnderWay(status) ? false : never(`it is ${status}`);
      };
      const quiet = (next: number | undefined): boolean =>
        next === undefined && never('it waits for what somebody must send, and nothing else is under way');
      this.#time.wait({ done, quiet });
    });
  }

  /** The keys that a run has requested. */
  asked(runId: string): ReadonlySet<string> {
    return this.#asked.get(runId) ?? new Set();
  }

  #shown(runId: string): string {
    const keys = [...this.asked(runId)];
    return keys.length === 0 ? 'nothing' : keys.map((key) => `"${key}"`).join(', ');
  }
}

const isUnderWay = (status: RunStatus): boolean => status === 'running';
