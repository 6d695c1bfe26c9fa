import type { Action, ActionFilter, KeptAction } from './actions.ts';
import type { Run } from './memory-run.ts';

/** What was done to the runs in memory, each action with its run. */
export class MemoryActions {
  readonly #runs: ReadonlyMap<string, Run>;
  /** What concerned no single run. */
  readonly #others: KeptAction[] = [];
  #last = 0;

  constructor(runs: ReadonlyMap<string, Run>) {
    this.#runs = runs;
  }

  keep(runId: string | undefined, action: Action | undefined): void {
    const kept = runId === undefined ? this.#others : this.#runs.get(runId)?.actions;
    if (action !== undefined) kept?.push({ seq: ++this.#last, runId, ...action });
  }

  list({ runId, after = 0, limit = 100 }: ActionFilter): readonly KeptAction[] {
    const all =
      runId === undefined
        ? [...this.#others, ...[...this.#runs.values()].flatMap(({ actions }) => actions)]
        : (this.#runs.get(runId)?.actions ?? []);
    return all
      .filter(({ seq }) => seq > after)
      .sort((one, other) => one.seq - other.seq)
      .slice(0, limit);
  }
}
