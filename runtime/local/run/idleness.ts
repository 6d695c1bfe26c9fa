import type { EventWriter } from './event-writer.ts';
import type { ForeignAwaitGrace } from './foreign-await-grace.ts';
import type { PrintedLines } from './printed-lines.ts';
import type { Requests } from './requests.ts';
import type { RunningBodies } from './running-bodies.ts';
import type { Quietness } from './unrecorded.ts';

/** The parts of a run that may have something to do. */
interface BusyParts {
  readonly requests: Requests;
  readonly writer: EventWriter;
  readonly lines: PrintedLines;
  readonly bodies: RunningBodies;
  readonly grace: ForeignAwaitGrace;
}

/** Whether a run has something to do, or only waits. */
export class Idleness {
  readonly #parts: BusyParts;

  constructor(parts: BusyParts) {
    this.#parts = parts;
  }

  /**
   * If the run has only waited for `ms`, and will wait for at least as long again: until when it waits, ms since the epoch.
   * Undefined otherwise.
   *
   * @param now ms since the epoch
   * @param deadline of the run, ms since the epoch
   */
  waitsUntil(ms: number, now: number, deadline: number): number | undefined {
    const { requests, writer, lines, bodies, grace } = this.#parts;
    const { pending, cancellation } = requests;
    const isBusy = cancellation.queued || bodies.any || grace.foreign || lines.unrecorded || !writer.empty;
    if (isBusy || pending.size === 0 || now - writer.activeAt < ms) return undefined;
    const idleUntil = pending.idleUntil();
    if (idleUntil === undefined) return undefined;
    const until = cancellation.requested ? idleUntil : Math.min(idleUntil, deadline);
    return until - now < ms ? undefined : until;
  }

  quietness(isReplayed: boolean): Quietness {
    const { requests, writer, bodies, grace } = this.#parts;
    if (requests.pending.size > 0 || requests.cancellation.queued || !writer.empty) return 'busy';
    if (isReplayed || bodies.any) return 'soon';
    return grace.foreign && grace.lasting === undefined ? 'soon' : 'quiet';
  }
}
