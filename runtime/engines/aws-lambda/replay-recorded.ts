import type { Outcome } from '../../port/backend.ts';
import type { ForeignPromises } from './foreign.ts';
import type { History } from './history.ts';
import type { OperationMismatch } from './mismatch.ts';
import type { Request } from './requests.ts';
import { drain, turn } from './turns.ts';

/** A run in its replay. */
interface ReplayingRun {
  readonly history: History;
  readonly foreign: ForeignPromises;
  /** The requests that the run waits for, by their names. */
  readonly awaited: ReadonlyMap<string, Request>;
  /** False once the run has ended or is live. */
  isUnderWay(): boolean;
  deliver(request: Request, outcome: Outcome, at: number | undefined): void;
  disagree(mismatch: OperationMismatch): void;
  /** All that is recorded was delivered, and fits. */
  goLive(): void;
}

/** Delivers the recorded outcomes in their order, each when the run is quiescent after the one before. */
export async function replayRecorded(run: ReplayingRun): Promise<void> {
  const { history, foreign, awaited } = run;
  for (let whole = true; ; ) {
    await (whole ? turn() : drain());
    // A foreign promise may need a turn of the event loop to settle.
    if (!whole && foreign.pending) await turn();
    if (!run.isUnderWay()) return;
    const decision = history.order.decide(awaited, foreign.pending);
    if (decision.type === 'deliver') deliverRecorded(run, awaited.get(decision.name)!);
    if (decision.type === 'deliver' || !whole) {
      whole = decision.type !== 'deliver';
      continue;
    }
    const [left] = history.unasked;
    const missing = decision.type === 'missing' ? decision.name : left;
    if (missing === undefined) return run.goLive();
    // The code may still catch up while it awaits something that isn't recorded.
    if (foreign.young) await foreign.next();
    else return run.disagree({ recorded: missing, requested: awaited.values() });
  }
}

function deliverRecorded(run: ReplayingRun, request: Request): void {
  const { operation, outcome, name } = request;
  if (operation?.kind !== 'STEP') {
    if (outcome === undefined) return run.disagree({ recorded: name, requested: [request] });
    return run.deliver(request, outcome, run.history.orderedAt(name) ?? request.arrivedAt);
  }
  const { value, failed, at, as } = operation.recorded();
  if (as !== request.plan.body?.as) return run.disagree({ recorded: operation, requested: [request] });
  run.deliver(request, { ok: failed !== true, value }, at);
}
