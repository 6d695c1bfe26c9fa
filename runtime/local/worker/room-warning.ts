import { waitsForRoom } from '../../base/messages/warnings.ts';
import { isNews } from '../../base/process-state.ts';
import { emitWarning } from '../../base/warnings.ts';
import { currentContext } from '../../run/context.ts';

/**
 * Tells once, if the running code is a step, that it waits for a run for which this process has no room. The step keeps a place
 * that the run may need.
 */
export function warnOfRoom(awaited: string): void {
  const context = currentContext();
  if (context?.place !== 'step' || !isNews('a step waits for room')) return;
  emitWarning('USE_DURABLE_NO_ROOM', waitsForRoom(context.key, context.run.backend.runId, awaited));
}
