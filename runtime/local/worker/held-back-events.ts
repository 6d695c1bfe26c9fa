import { noRoomForRun, runHeldBack } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import type { HeldBack } from '../../stores/claims.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';

/** Reports runs that could continue but for a limit, once each. */
export class HeldBackReports {
  readonly #services: RuntimeServices;
  /** Runs whose journals were too large when they were looked for. */
  readonly #large = new Set<string>();

  constructor(services: RuntimeServices) {
    this.#services = services;
  }

  tell(runs: readonly HeldBack[]): void {
    const suspects = runs.filter(({ crashes }) => crashes !== undefined);
    const [first] = suspects;
    if (first?.crashes !== undefined) warnOfSuspects(first, first.crashes.count, suspects.length - 1);
    for (const run of runs) {
      if (run.bytes === undefined) this.#emit(run);
      else if (!this.#large.has(run.runId)) {
        if (this.#large.size === 0) warnOfMemory(run, run.bytes);
        this.#large.add(run.runId);
        this.#emit(run);
      }
    }
  }

  #emit({ runId, fn, crashes, bytes }: HeldBack): void {
    const { observers, clock } = this.#services;
    if (!observers.wants('run-held-back')) return;
    const at = clock.now();
    if (crashes === undefined)
      observers.tell({ type: 'run-held-back', runId, fn, at, reason: 'memory', bytes: bytes! });
    else observers.tell({ type: 'run-held-back', runId, fn, at, reason: 'crashes', ...crashes });
  }
}

const warnOfSuspects = ({ runId, fn }: HeldBack, count: number, others: number): void =>
  emitWarning('USE_DURABLE_HELD_BACK', runHeldBack(runId, fn, count, others));

const warnOfMemory = ({ runId, fn }: HeldBack, bytes: number): void =>
  emitWarning('USE_DURABLE_MEMORY', noRoomForRun(runId, fn, bytes));
