import { CrashLoopError } from '../../base/errors.ts';
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
    `${CrashLoopError.about(runId)}${count} times in a row the worker that had taken up this run of ${place} died, or was ` +
      `found gone, before anything more was recorded; ${alone} times no other run could be the reason. When that happened last, ` +
      `${doing ?? 'its journal was being read'}. Look for process.abort(), process.exit(), native code, memory that runs out ` +
      `and loops without an end. Nothing that is recorded is lost, and the other runs go on. resume(${JSON.stringify(runId)}) ` +
      `tries it again.`,
  );
}
