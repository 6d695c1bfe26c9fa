import type { System, SystemTimer } from '../time/system.ts';

/** How often suspects are checked, in ms of the platform's time. */
const INTERVAL = 100;
/** After this number of checks in a row without any change, nothing is under way. */
const LOOKS = 2;

/** What a run looks like: something recorded is under way, or only something that settles by itself, or nothing. */
export type Quietness = 'busy' | 'soon' | 'quiet';

/** A run, as this looks at it. */
export interface Suspect {
  quietness(): Quietness;
  /** Its code awaits something that nothing recorded settles. */
  reportUnrecorded(): void;
}

/** Looks at the runs of one runtime in which something has happened: between two turns, so that none is in the middle of one. */
export class UnrecordedWatch {
  #suspicions: Suspicion[] = [];
  readonly #system: System;
  #timer: SystemTimer | undefined;

  constructor(system: System) {
    this.#system = system;
  }

  add(suspicion: Suspicion): void {
    this.#suspicions.push(suspicion);
    this.#timer ??= this.#system.setTimeout(() => this.#look(), INTERVAL).unref();
  }

  stop(): void {
    this.#system.clear(this.#timer);
    this.#suspicions = [];
  }

  #look(): void {
    this.#timer = undefined;
    const suspicions = this.#suspicions;
    this.#suspicions = [];
    for (const suspicion of suspicions) if (suspicion.look()) this.add(suspicion);
  }
}

const AT_EASE = -1;
const TOLD = -2;

/**
 * Whether a run awaits something that isn't recorded and that a replay would not deliver: the run isn't over, and none of its
 * requests is under way. Reported once. The cost for each delivery is one comparison.
 */
export class Suspicion {
  readonly #watch: UnrecordedWatch;
  readonly #run: Suspect;
  /** How often nothing was under way; or one of the states above. */
  #quiet = AT_EASE;

  constructor(watch: UnrecordedWatch, run: Suspect) {
    this.#watch = watch;
    this.#run = run;
  }

  /** Something has happened, after which the code may make a request, or end. */
  stir(): void {
    if (this.#quiet === 0 || this.#quiet === TOLD) return;
    if (this.#quiet === AT_EASE) this.#watch.add(this);
    this.#quiet = 0;
  }

  /** True if it is worth looking again. */
  look(): boolean {
    const quietness = this.#run.quietness();
    if (quietness === 'busy') {
      this.#quiet = AT_EASE;
      return false;
    }
    if (quietness === 'soon') this.#quiet = 0;
    else if (++this.#quiet >= LOOKS) {
      this.#quiet = TOLD;
      this.#run.reportUnrecorded();
      return false;
    }
    return true;
  }
}
