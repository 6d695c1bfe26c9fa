import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type RequestError } from './client.ts';
import { changes } from './live.ts';

/** What was asked of the server. While it is asked again, the last answer stays. */
export interface Resource<T> {
  readonly data: T | undefined;
  readonly error: RequestError | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

interface Held<T> {
  readonly path: string | undefined;
  readonly data?: T;
  readonly error?: RequestError;
}

interface ResourceOptions {
  /** False for what never changes; default: true. */
  readonly live?: boolean;
  /** Until there is an answer for another path, that for the path before is shown; default: false. */
  readonly keep?: boolean;
}

/**
 * Asks the server, and again with each change in the store: one request at a time.
 *
 * @param path undefined for nothing yet
 */
export function useResource<T>(
  path: string | undefined,
  { live = true, keep = false }: ResourceOptions = {},
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ path: undefined });
  const loader = useRef<Loader | undefined>(undefined);
  const tick = live ? changes.value : 0;
  useEffect(() => {
    if (path === undefined) return setHeld({ path });
    const made = new Loader(async (signal) => {
      try {
        const data = await get<T>(path, signal);
        if (!signal.aborted) setHeld({ path, data });
      } catch (error) {
        // What was there stays, below the message.
        if (!signal.aborted)
          setHeld((before) => ({ ...(before.path === path && before), path, error: error as RequestError }));
      }
    });
    loader.current = made;
    made.ask();
    return () => made.stop();
  }, [path]);
  useEffect(() => {
    if (tick > 0) loader.current?.ask();
  }, [tick]);
  const isOwn = held.path === path || (keep && path !== undefined && held.error === undefined);
  return {
    data: isOwn ? held.data : undefined,
    error: isOwn ? held.error : undefined,
    isLoading: path !== undefined && !(isOwn && (held.data !== undefined || held.error !== undefined)),
    reload: () => loader.current?.ask(),
  };
}

/** Between two requests for the same, ms, or twice as long as the last one took: a busy store changes all the time. */
const PAUSE_MS = 300;

class Loader {
  readonly #load: (signal: AbortSignal) => Promise<void>;
  readonly #controller = new AbortController();
  #isBusy = false;
  #isWanted = false;

  constructor(load: (signal: AbortSignal) => Promise<void>) {
    this.#load = load;
  }

  ask(): void {
    this.#isWanted = true;
    if (!this.#isBusy) void this.#work();
  }

  stop(): void {
    this.#controller.abort();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#isWanted && !this.#controller.signal.aborted) {
      this.#isWanted = false;
      const start = performance.now();
      await this.#load(this.#controller.signal);
      const pause = Math.max(PAUSE_MS, 2 * (performance.now() - start));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#isBusy = false;
  }
}
