import type { Handle } from '../local/handle.ts';

/** A run in a test. */
export interface TestHandle<R = unknown> extends Handle<R> {
  /**
   * Resolves when the run has asked for what has this key: a step was called, a wait has begun. Time passes meanwhile, to
   * there and no further.
   *
   * Rejects with NeverError if the run ends without that, or waits for something else that nobody is going to send.
   */
  waitUntil(key: string): Promise<void>;
  /**
   * The token of the callback that was made under this key; waits for it as `waitUntil` does.
   *
   * @param key default `createCallback`
   */
  callback(key?: string): Promise<string>;
}

/** What a handle asks of its runtime. */
export interface Guide {
  /** Lets time pass until it is settled. */
  patiently<T>(promise: Promise<T>): Promise<T>;
  /** Resolves with what `find` gives; `key` is what the run must ask for to that end. */
  find<T>(runId: string, key: string, find: () => T | undefined): Promise<T>;
  hasAsked(runId: string, key: string): boolean;
  /** The token of the callback that was made under a key. */
  token(runId: string, key: string): string | undefined;
}

/** A handle whose waits let time pass. */
export class PatientHandle<R> implements TestHandle<R> {
  readonly id: string;
  readonly #handle: Handle<R>;
  readonly #guide: Guide;

  constructor(handle: Handle<R>, guide: Guide) {
    this.id = handle.id;
    this.#handle = handle;
    this.#guide = guide;
  }

  result(): Promise<R> {
    return this.#guide.patiently(this.#handle.result());
  }

  async waitUntil(key: string): Promise<void> {
    await this.#guide.find(this.id, key, () => this.#guide.hasAsked(this.id, key) || undefined);
  }

  callback(key = 'createCallback'): Promise<string> {
    return this.#guide.find(this.id, key, () => this.#guide.token(this.id, key));
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

  signal(name: string, payload?: unknown): Promise<void> {
    return this.#handle.signal(name, payload);
  }

  cancel(reason?: string): Promise<void> {
    return this.#handle.cancel(reason);
  }
}
