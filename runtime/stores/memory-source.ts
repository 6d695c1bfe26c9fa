import { told } from './crashes.ts';
import {
  type InspectSource,
  pageSize,
  type RunPage,
  type RunQuery,
  readSchedule,
  type ScheduleFacts,
  type Standing,
  type StatusCounts,
  type WorkerFacts,
} from './inspect-source.ts';
import { type Owner, stateOfWorker } from './liveness.ts';
import { hasOneOfEach, type Run, recordOf } from './memory-run.ts';
import type { RunRecord, StoredRun } from './store.ts';
import { unknownCursor } from './store-errors.ts';

/** What a store in memory has. */
interface Memory {
  readonly runs: ReadonlyMap<string, Run>;
  readonly settings: ReadonlyMap<string, string>;
  /** The workers that are registered. */
  readonly workers: ReadonlyMap<string, Owner>;
  load(id: string): StoredRun | undefined;
}

/** A store in memory for those who look at it. */
export class MemorySource implements InspectSource {
  readonly name: string;
  readonly #memory: Memory;

  constructor(memory: Memory, name = 'memory:') {
    this.name = name;
    this.#memory = memory;
  }

  page(query: RunQuery = {}): RunPage {
    const { cursor } = query;
    const { runs } = this.#memory;
    if (cursor !== undefined && !runs.has(cursor)) throw unknownCursor(cursor);
    const newest = [...runs.values()].reverse();
    const from = cursor === undefined ? 0 : newest.findIndex(({ id }) => id === cursor) + 1;
    const found: RunRecord[] = [];
    for (const run of newest.slice(from)) {
      if (!fits(run, query)) continue;
      if (found.length === pageSize(query.limit)) return { runs: found, next: found.at(-1)!.id };
      found.push(recordOf(run));
    }
    return { runs: found };
  }

  counts(): StatusCounts {
    const counts = { running: 0, blocked: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { status } of this.#memory.runs.values()) counts[status]++;
    return counts;
  }

  functions(): readonly string[] {
    return [...new Set([...this.#memory.runs.values()].map(({ fn }) => fn))].sort();
  }

  ids(prefix: string, limit: number): readonly string[] {
    const found = [...this.#memory.runs.keys()].filter((id) => id.startsWith(prefix));
    return found.sort().slice(0, limit);
  }

  record(id: string): RunRecord | undefined {
    const run = this.#memory.runs.get(id);
    return run && recordOf(run);
  }

  load(id: string): StoredRun | undefined {
    return this.#memory.load(id);
  }

  standing(id: string): Standing | undefined {
    const run = this.#memory.runs.get(id);
    if (run === undefined) return undefined;
    const { owner: worker, claimedAt, wakeAt, crashes } = run;
    const owner = worker === null ? undefined : this.#memory.workers.get(worker);
    return {
      ...(worker !== null && { owner: owner ? factsOf(owner) : { worker, state: 'gone' } }),
      claimedAt,
      wakeAt,
      crashes: told(crashes),
    };
  }

  watched(id: string): readonly RunRecord[] {
    return [...this.#memory.runs.values()].filter(({ watchers }) => watchers.has(id)).map(recordOf);
  }

  workers(): readonly WorkerFacts[] {
    const held = new Map<string, number>();
    for (const { owner } of this.#memory.runs.values())
      if (owner !== null) held.set(owner, (held.get(owner) ?? 0) + 1);
    return [...this.#memory.workers.values()]
      .map((owner) => ({ ...factsOf(owner), runs: held.get(owner.worker) ?? 0 }))
      .sort((one, other) => (one.worker < other.worker ? -1 : 1));
  }

  setting(key: string): string | undefined {
    return this.#memory.settings.get(key);
  }

  schedules(): readonly ScheduleFacts[] {
    return [...this.#memory.settings]
      .filter(([key]) => key.startsWith('schedule:'))
      .map(([key, value]) => readSchedule(key.slice('schedule:'.length), value))
      .filter((schedule) => schedule !== undefined)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  position(): string {
    let [events, messages] = [0, 0];
    for (const run of this.#memory.runs.values()) {
      events += run.events.length;
      messages += run.messages.length;
    }
    const { runs, settings, workers } = this.#memory;
    return [runs.size, events, messages, settings.size, workers.size, ...Object.values(this.counts())].join();
  }

  /** The store stays open. */
  close(): void {}
}

function factsOf(owner: Owner): WorkerFacts {
  const { worker, pid, host, leaseUntil } = owner;
  return { worker, pid, host, leaseUntil, state: stateOfWorker(owner) };
}

function fits(
  run: Run,
  { status, fn, since, until, attributes = {}, prefix = '', search = '' }: RunQuery,
): boolean {
  return (
    (status?.includes(run.status) ?? true) &&
    (fn?.includes(run.fn) ?? true) &&
    run.createdAt >= (since ?? Number.NEGATIVE_INFINITY) &&
    run.createdAt < (until ?? Number.POSITIVE_INFINITY) &&
    hasOneOfEach(run, attributes) &&
    run.id.startsWith(prefix) &&
    (run.id.includes(search) || run.fn.includes(search))
  );
}
