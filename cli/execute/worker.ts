import { definitions } from '../../runtime/tools.ts';
import { plural, styled } from '../base/terminal.ts';
import { reportLoadedFiles } from './loaded-files.ts';
import { printEvents, showRuns } from './progress.ts';
import { type ExecuteOptions, openSession } from './session.ts';
import { onStopRequest } from './stop-request.ts';

export interface WorkerOptions extends ExecuteOptions {
  /** Shows steps and waits too. */
  readonly steps?: boolean;
  /** How long running steps may take when it is to end, in ms. */
  readonly grace?: number;
}

const STILL_BUSY = 'Steps are under way; it ends when they have ended. Ctrl+C again ends it now.';
const TOLD_AFTER_MS = 500;
/** Keeps the process alive: a runtime without runs doesn't. */
const FOR_EVER = 2 ** 30;

/**
 * Drives the runs of the functions in modules, those that are there and those to come, until the process is asked to end.
 *
 * @returns the exit code
 */
export async function worker(files: readonly string[], options: WorkerOptions): Promise<number> {
  reportLoadedFiles();
  const { runtime, place } = await openSession(files, options);
  const end = options.json ? printEvents(runtime) : showRuns(runtime, options.steps ? 'steps' : 'runs');
  const alive = setInterval(() => undefined, FOR_EVER);
  let leave = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    leave = onStopRequest(async () => resolve());
  });
  try {
    const handles = await runtime.recover();
    if (!options.json) console.log(readyText(handles.length, place));
    await asked;
    const told = setTimeout(() => console.error(STILL_BUSY), TOLD_AFTER_MS);
    await runtime.close({ store: true, ...(options.grace !== undefined && { timeoutMs: options.grace }) });
    clearTimeout(told);
  } finally {
    clearInterval(alive);
    end();
    leave();
  }
  return 0;
}

function readyText(resumed: number, place: string): string {
  const names = definitions()
    .map(({ name }) => name)
    .sort()
    .join(', ');
  const runs = resumed === 0 ? 'no run is unfinished' : `${plural(resumed, 'run')} resumed`;
  return `${styled('green', '✓')} works on ${place}: ${runs}. Functions: ${names === '' ? 'none' : names}.`;
}
