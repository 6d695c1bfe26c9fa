import type { HeldBack } from '../../stores/store.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';

/** Tells of runs that could go on but for a limit, once each. */
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

function warnOfSuspects({ runId, fn }: HeldBack, count: number, others: number): void {
  const more = others === 0 ? '' : ` So are ${others} more.`;
  process.emitWarning(
    `Run "${runId}" of ${fn} is held back for a moment: ${count} times in a row its worker died, or was found gone, before the ` +
      `run had recorded anything.${more} If one of them is the reason, it is blocked after some more times.`,
    { code: 'USE_DURABLE_HELD_BACK' },
  );
}

function warnOfMemory({ runId, fn }: HeldBack, bytes: number): void {
  process.emitWarning(
    `Run "${runId}" of ${fn} waits in the store until others have ended or are parked: its journal has ` +
      `${Math.ceil(bytes / 1e6)} MB, and this process has no room for it beside those that are under way. More memory ` +
      `(--max-old-space-size) or more workers let more runs go on at once.`,
    { code: 'USE_DURABLE_MEMORY' },
  );
}
