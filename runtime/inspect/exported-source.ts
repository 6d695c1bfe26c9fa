import { storedAttributes } from '../base/attributes.ts';
import { NO_CRASHES } from '../stores/crashes.ts';
import type {
  InspectSource,
  RunPage,
  RunQuery,
  Standing,
  StatusCounts,
  WorkerFacts,
} from '../stores/inspect-source.ts';
import type { Run } from '../stores/memory-run.ts';
import { MemorySource } from '../stores/memory-source.ts';
import type { RunRecord, StoredRun } from '../stores/store.ts';
import type { ExportedRun } from './exported-run.ts';

/**
 * An exported run as a store with this one run, as it was at the moment of the export.
 *
 * @param name shown in messages
 */
export const exportedSource = (name: string, run: ExportedRun): InspectSource =>
  new ExportedSource(name, run);

class ExportedSource implements InspectSource {
  readonly name: string;
  readonly at: number;
  readonly #run: ExportedRun;
  readonly #memory: MemorySource;

  constructor(name: string, run: ExportedRun) {
    this.name = name;
    this.at = run.at;
    this.#run = run;
    this.#memory = new MemorySource(
      {
        runs: new Map([[run.record.id, runOf(run)]]),
        settings: new Map(Object.entries(run.settings)),
        workers: new Map(),
        load: () => this.#stored(),
      },
      name,
    );
  }

  page(query?: RunQuery): RunPage {
    return this.#memory.page(query);
  }

  counts(): StatusCounts {
    return this.#memory.counts();
  }

  functions(): readonly string[] {
    return this.#memory.functions();
  }

  ids(prefix: string, limit: number): readonly string[] {
    return this.#memory.ids(prefix, limit);
  }

  record(id: string): RunRecord | undefined {
    return this.#is(id) ? this.#run.record : undefined;
  }

  load(id: string): StoredRun | undefined {
    return this.#is(id) ? this.#stored() : undefined;
  }

  standing(id: string): Standing | undefined {
    const { standing } = this.#run;
    return this.#is(id) && standing !== undefined
      ? { ...standing, wakeAt: standing.wakeAt ?? Number.POSITIVE_INFINITY }
      : undefined;
  }

  watched(id: string): readonly RunRecord[] {
    return this.#is(id) ? this.#run.watched : [];
  }

  workers(): readonly WorkerFacts[] {
    return this.#run.workers;
  }

  setting(key: string): string | undefined {
    return this.#memory.setting(key);
  }

  schedules(): readonly [] {
    return [];
  }

  position(): number {
    return 0;
  }

  close(): void {}

  #is(id: string): boolean {
    return id === this.#run.record.id;
  }

  #stored(): StoredRun {
    const { record, events, messages } = this.#run;
    return { record, events, messages };
  }
}

/** As a store in memory would have it, for filters. */
function runOf({ record, events, messages }: ExportedRun): Run {
  const { id, fn, createdAt, status, reason, updatedAt, attributes } = record;
  return {
    id,
    fn,
    createdAt,
    status,
    reason,
    events: [...events],
    messages: [...messages],
    attributes: new Map(Object.entries(storedAttributes(attributes))),
    codes: new Map(),
    changedAt: updatedAt,
    token: 0,
    owner: null,
    wakeAt: 0,
    claimedAt: 0,
    claimedWith: 0,
    crashes: NO_CRASHES,
    actions: [],
    watchers: new Set(),
  };
}
