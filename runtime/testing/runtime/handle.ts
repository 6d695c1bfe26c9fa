import type { Handle } from '../../local/worker/handle.ts';
import type { RunRecord } from '../../stores/store.ts';
import type { Progress } from './progress.ts';

/** A run in a test. */
export interface TestHandle<R = unknown> extends Handle<R> {
  /**
   * Resolves when the run has made a request with this name, which is its key, its id or its id without the number: a step was
   * called, a wait has begun. Until then time passes, and no further.
   *
   * Rejects with NeverError if the run ends without that, or waits for something else that will not be sent.
   */
  waitUntil(name: string): Promise<void>;
  /**
   * The token of the callback that was made under this name, the first where there are more; waits for it as `waitUntil`
   * does.
   *
   * @param name default `createCallback`
   */
  callback(name?: string): Promise<string>;
}

interface TimePasser {
  /** Lets time pass until it is settled. */
  patiently<T>(promise: Promise<T>): Promise<T>;
}

/** A handle whose waits let time pass. */
export class PatientHandle<R> implements TestHandle<R> {
  readonly id: string;
  readonly #handle: Handle<R>;
  readonly #time: TimePasser;
  readonly #progress: Progress;

  constructor(handle: Handle<R>, time: TimePasser, progress: Progress) {
    this.id = handle.id;
    this.#handle = handle;
    this.#time = time;
    this.#progress = progress;
  }

  result(): Promise<R> {
    return this.#time.patiently(this.#handle.result());
  }

  async waitUntil(name: string): Promise<void> {
    await this.#progress.find(this.id, name, () => this.#progress.hasAsked(this.id, name) || undefined);
  }

  callback(name = 'createCallback'): Promise<string> {
    return this.#progress.find(this.id, name, () => this.#progress.token(this.id, name));
  }

  status(): ReturnType<Handle['status']> {
    return this.#handle.status();
  }

  events(): ReturnType<Handle['events']> {
    return this.#handle.events();
  }

  exportJournal(): Promise<string> {
    return this.#handle.exportJournal();
  }

  record(): Promise<RunRecord> {
    return this.#handle.record();
  }

  signal(...args: Parameters<Handle['signal']>): Promise<void> {
    return this.#handle.signal(...args);
  }

  cancel(...args: Parameters<Handle['cancel']>): Promise<void> {
    return this.#handle.cancel(...args);
  }
}
