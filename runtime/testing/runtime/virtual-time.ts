import type { WebAbortSignal } from '../../base/web-types.ts';
import type { Clock } from '../../local/time/timers.ts';
import { nextTurn, real } from './real-timers.ts';

interface Alarm {
  readonly due: number;
  readonly callback: () => void;
}

/** Work that is to end when its turn comes. */
export interface Held {
  /** What has the lowest one ends first. */
  readonly rank: number;
  /** No sooner than this, ms since the epoch. */
  readonly due: number;
  readonly end: () => void;
}

/** After this time in ms, in which a test waits and time stands still, a warning names the reason. */
const STANDSTILL_MS = 2000;

/**
 * How long a promise that no step made may take to settle if nothing else can happen, in ms of real time: the import of a
 * module takes its time on a busy machine.
 */
const GIVE_UP_MS = 1000;

/** The name of a step among the things that may be at work. */
export const workOf = (runId: string, key: string): string => `${runId}\n${key}`;

/** More microtasks than there are between the end of a step and its event. */
const MICROTASKS = 32;

/** In one turn of the event loop, so that they are recorded together, and in this order. */
async function endInOrder(held: readonly Held[]): Promise<void> {
  for (const { end } of held) {
    end();
    for (let count = 0; count < MICROTASKS; count++) await undefined;
  }
}

function describe(who: unknown): string {
  if (typeof who !== 'string') return 'a promise that no step made';
  const [runId, ...key] = who.split('\n');
  return `"${key.join('\n')}" of the run "${runId}"`;
}

/** How far an execution has come that is to go as another one did. */
export interface Course {
  /** So long, in ms of real time, what code elsewhere does by timers of its own may yet come. */
  readonly patienceMs: number;
  /** Whether something is yet to come that came before what has this rank. */
  lags(rank: number): boolean;
  /** Whether something is yet to come that came before this moment, ms since the epoch. */
  isBehind(moment: number): boolean;
}

/** Something that waits; as long as there is one, time may pass. Each method returns true when it waits no more. */
export interface Waiter {
  /** Asked in every turn. */
  done?(): boolean;
  /** Called when nothing is at work, before time passes to the end of the next wait; undefined if there is none. */
  quiet?(next: number | undefined): boolean;
  /** Time doesn't pass beyond this moment, ms since the epoch. */
  readonly limit?: number;
}

/**
 * Time that stands still while anything is at work, and otherwise jumps to the end of the next wait, but only while a test
 * waits for something of the runtime. The test's own actions between two such waits take no time.
 */
export class VirtualTime implements Clock {
  readonly longestNap = Number.POSITIVE_INFINITY;
  #now: number;
  readonly #patienceMs: number;
  readonly #giveUpMs: number;
  readonly #alarms = new Set<Alarm>();
  readonly #waiters = new Set<Waiter>();
  readonly #held = new Set<Held>();
  /** Steps that are under way, and foreign promises. */
  readonly #busy = new Set<unknown>();
  /** Promises that no step made, and that may yet be settled. */
  readonly #hoped = new Set<PromiseLike<unknown>>();
  /** Those of them, or of those to come, for which time doesn't stand still, with the number of reasons. */
  readonly #resting = new Map<unknown, number>();
  /** What ends those that `pass` is for. */
  readonly #passing = new Set<(reason: unknown) => void>();
  /** The others. */
  readonly #atWork = new Set<unknown>();
  /** The number of requested turns. */
  #turns = 0;
  #looking = false;
  #watchdog: (() => void) | undefined;
  /** What an earlier execution did; undefined if none is repeated. */
  course: Course | undefined;
  /** Ends the wait for what is yet to come by real timers; undefined if there is none. */
  #cancelDelay: (() => void) | undefined;
  /** Whether that was waited for in vain. */
  #isLost = false;
  /** Called once, when a test has waited long for something that is at work. */
  onStandstill: ((busy: readonly string[]) => void) | undefined;

  /**
   * @param now ms since the epoch
   * @param patienceMs how long time stands still for a promise that no step made, in ms of real time
   */
  constructor(now: number, patienceMs = 50) {
    this.#now = now;
    this.#patienceMs = patienceMs;
    this.#giveUpMs = Math.max(GIVE_UP_MS, patienceMs);
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const alarm = { due: this.#now + ms, callback };
    this.#alarms.add(alarm);
    this.look();
    return () => void this.#alarms.delete(alarm);
  }

  readonly turn = (callback: () => void): void => {
    this.#turns++;
    nextTurn(() => {
      this.#turns--;
      try {
        callback();
      } finally {
        this.look();
      }
    });
  };

  /** Something is under way from now on, or no more. */
  busy(who: unknown, isBusy: boolean): void {
    if (isBusy) this.#busy.add(who);
    else {
      this.#busy.delete(who);
      this.#resting.delete(who);
    }
    this.#count(who);
  }

  /** What is under way, or is about to be, waits for time to pass; or no more. */
  rest(who: unknown, isResting: boolean): void {
    const reasons = (this.#resting.get(who) ?? 0) + (isResting ? 1 : -1);
    if (reasons > 0) this.#resting.set(who, reasons);
    else this.#resting.delete(who);
    this.#count(who);
  }

  /** Lets `ms` pass in something that is under way; `Infinity` for no end. Rejects with the reason of the signal. */
  pass(who: unknown, ms: number, signal: WebAbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        cancel?.();
        this.#passing.delete(stop);
        signal.removeEventListener('abort', abort);
        this.rest(who, false);
      };
      const stop = (reason: unknown): void => {
        wake();
        reject(reason);
      };
      const abort = (): void => stop(signal.reason);
      const end = (): void => {
        wake();
        resolve();
      };
      const cancel = ms === Number.POSITIVE_INFINITY ? undefined : this.after(ms, end);
      this.#passing.add(stop);
      signal.addEventListener('abort', abort);
      this.rest(who, true);
      if (signal.aborted) abort();
    });
  }

  /** Ends what waits in `pass`. */
  endPassing(reason: Error): void {
    for (const stop of this.#passing) stop(reason);
  }

  #count(who: unknown): void {
    if (this.#busy.has(who) && !this.#resting.has(who)) this.#atWork.add(who);
    else this.#atWork.delete(who);
    this.look();
  }

  /**
   * Time stands still for the promise, since something that isn't recorded may take several turns. But only for a while, since
   * it may be a promise that the run itself settles at a later time.
   */
  readonly foreign = (promise: PromiseLike<unknown>): void => {
    this.busy(promise, true);
    this.#hoped.add(promise);
    const cancelRest = real.after(this.#patienceMs, () => this.rest(promise, true));
    const cancelHope = real.after(this.#giveUpMs, () => {
      this.#hoped.delete(promise);
      this.look();
    });
    const settled = (): void => {
      cancelRest();
      cancelHope();
      this.#hoped.delete(promise);
      this.busy(promise, false);
    };
    promise.then(settled, settled);
  };

  /** Calls back shortly before time stops standing still for such a promise, so that a mismatch is reported as one. */
  readonly patience = (callback: () => void): (() => void) => real.after(0.8 * this.#giveUpMs, callback);

  /** Lets something end when nothing is at work and its time has come. */
  hold(held: Held): void {
    this.#held.add(held);
    this.look();
  }

  /** Lets time pass until the waiter returns true. Returns a function that removes the waiter. */
  wait(waiter: Waiter): () => void {
    this.#waiters.add(waiter);
    this.look();
    this.#watchdog ??= real.after(STANDSTILL_MS, () => {
      if (this.#waiters.size > 0 && this.#atWork.size > 0)
        this.onStandstill?.([...this.#atWork].map(describe));
    });
    return () => {
      this.#waiters.delete(waiter);
      this.#calm();
    };
  }

  /** Resolves when nothing is at work; no time passes for that. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      const quiet = (): true => {
        resolve();
        return true;
      };
      this.wait({ quiet, limit: this.#now });
    });
  }

  /** Something may have changed. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    nextTurn(() => {
      this.#looking = false;
      if (this.#step()) this.look();
    });
  }

  /** True if there may be more to do. */
  #step(): boolean {
    if (this.#dismiss((waiter) => waiter.done?.())) return true;
    if (this.#turns > 0 || this.#atWork.size > 0) return false;
    const next = this.#next();
    const isDue = next !== undefined && next.due <= this.#now;
    const held = this.#dueHeld();
    const isEarly = held[0] !== undefined && this.course?.lags(held[0].rank) === true;
    if (held.length > 0 && !(isEarly && (isDue || this.#isDelayed()))) return this.#end(held);
    if (isDue) {
      this.#alarms.delete(next);
      next.callback();
      return true;
    }
    if (isEarly) return false;
    const due = Math.min(next?.due ?? Number.POSITIVE_INFINITY, ...[...this.#held].map((held) => held.due));
    if (due === Number.POSITIVE_INFINITY && this.#hoped.size > 0) return false;
    if (this.#dismiss((waiter) => waiter.quiet?.(due === Number.POSITIVE_INFINITY ? undefined : due))) {
      return true;
    }
    if (this.#waiters.size === 0) return false;
    const limits = [...this.#waiters].map(({ limit }) => limit ?? Number.POSITIVE_INFINITY);
    const target = Math.min(due, ...limits);
    if (target === Number.POSITIVE_INFINITY) return false;
    if (target > this.#now && this.course?.isBehind(target) && this.#isDelayed()) return false;
    this.#endDelay();
    this.#now = Math.max(this.#now, target);
    return true;
  }

  /** What may end now, by rank. */
  #dueHeld(): readonly Held[] {
    return [...this.#held].filter(({ due }) => due <= this.#now).sort((a, b) => a.rank - b.rank);
  }

  /** Ends what has the lowest rank, and with it those of the ranks that follow. */
  #end(held: readonly Held[]): true {
    this.#endDelay();
    const together = held.filter(({ rank }, index) => rank === held[0]!.rank + index);
    for (const next of together) this.#held.delete(next);
    void endInOrder(together);
    return true;
  }

  /** Whether real time is to pass first. Nothing shows that code elsewhere will call the function back by a timer. */
  #isDelayed(): boolean {
    if (this.#isLost || this.course === undefined) return false;
    this.#cancelDelay ??= real.after(this.course.patienceMs, () => {
      this.#cancelDelay = undefined;
      this.#isLost = true;
      this.look();
    });
    return true;
  }

  #endDelay(): void {
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
  }

  #dismiss(isOver: (waiter: Waiter) => boolean | undefined): boolean {
    let dismissed = false;
    for (const waiter of [...this.#waiters]) {
      if (isOver(waiter) !== true) continue;
      this.#waiters.delete(waiter);
      dismissed = true;
    }
    if (dismissed) this.#calm();
    return dismissed;
  }

  #calm(): void {
    if (this.#waiters.size > 0) return;
    this.#endDelay();
    this.#watchdog?.();
    this.#watchdog = undefined;
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.due < first.due) first = alarm;
    return first;
  }
}
