import { CrashLoopError } from '../../base/errors.ts';
import { crashLoop } from '../../base/messages/runs.ts';
import { findDefinition } from '../../functions/definitions.ts';
import type { Crashes } from '../../stores/crashes.ts';

/** That a run is taken for the reason why its workers die, and what is known of it. */
export function describeCrashLoop(
  runId: string,
  fn: string,
  { count, alone, doing }: Crashes,
): CrashLoopError {
  const meta = findDefinition(fn)?.meta;
  const place = meta === undefined ? fn : `${fn} (${meta.file}:${meta.line})`;
  return new CrashLoopError(
    runId,
    crashLoop(CrashLoopError.about(runId), count, place, alone, doing, JSON.stringify(runId)),
  );
}
