import { type Deferred, deferred } from './deferred.ts';
import type { Input } from './input.ts';
import type { RestatePromise, RunContext, Sdk } from './sdk.ts';
import { TEXT } from './wire.ts';

/** A promise of the engine for which a run waits, and the action when it settles. */
export interface Watch {
  /** Ignores the promise from now on. */
  drop(): void;
}

/** A race of the engine that continues until it is stopped. Promises that settle are read, but don't end it. */
interface Race {
  stop(): void;
}

/** How long a replay waits for a promise that isn't the engine's before it continues without it, in ms. */
const PATIENCE = 50;

/**
 * Delivers outcomes of the engine to a run, one at a time, in the order of its journal. Between two deliveries the run becomes
 * quiescent, so each replay makes the same requests in the same order, which the engine checks. While the run waits, all
 * pending promises take part in one race of the engine, which decides by the journal. The engine looks for the next outcome in
 * a turn of the event loop of its own, after the last delivery. So a race is stopped before that if the run has made a new
 * request meanwhile.
 */
export class Pump {
  readonly #ctx: RunContext;
  readonly #sdk: Sdk;
  readonly #input: Input;
  readonly #outstanding = new Set<RestatePromise<unknown>>();
  readonly #arrived: (() => void)[] = [];
  /** The number of requests to the engine. */
  asked = 0;
  #foreign = 0;
  #race: Race | undefined;
  /** What the race is about is no longer all that is outstanding. */
  #isStale = false;
  /** The engine has brought something in this turn of the event loop, so it is about to look again. */
  #isLooking = false;
  #failure: Error | undefined;
  /** Resolved when something arrives or is requested, or a foreign promise settles. */
  #news: Deferred<void> = deferred();

  constructor(ctx: RunContext, sdk: Sdk, input: Input) {
    this.#ctx = ctx;
    this.#sdk = sdk;
    this.#input = input;
  }

  /** @param settle is called in a turn of its own, with what the promise brings */
  watch<T>(
    promise: RestatePromise<T>,
    settle: (value: T | undefined, failure: Error | undefined) => void,
  ): Watch {
    const entry = this.#entry();
    entry.promise = promise.map((value, failure) => {
      entry.arrive(() => settle(value, failure));
      return never();
    });
    this.#outstanding.add(entry.promise);
    return entry;
  }

  /**
   * Like `watch`, for texts that never fail. It costs less if many are pending, since the engine's promise takes part in the
   * race itself: reading it shows that it has settled, and reading never settles it.
   *
   * @param ask requests the promise from the engine, which must read the text with this
   * @param early is called as soon as it has settled, perhaps before others are delivered
   */
  watchText(
    ask: (reader: typeof TEXT) => RestatePromise<string>,
    settle: (text: string) => void,
    early: () => void,
  ): Watch {
    const entry = this.#entry();
    const read = (bytes: Uint8Array): string => {
      const text = TEXT.deserialize(bytes);
      early();
      entry.arrive(() => settle(text));
      return never() as unknown as string;
    };
    entry.promise = ask({ ...TEXT, deserialize: read });
    this.#outstanding.add(entry.promise);
    return entry;
  }

  #entry() {
    this.asked++;
    this.#change();
    this.#news.resolve();
    let dropped = false;
    const entry = {
      promise: undefined as RestatePromise<unknown> | undefined,
      arrive: (deliver: () => void): void => {
        this.#outstanding.delete(entry.promise!);
        this.#arrived.push(() => {
          if (!dropped) deliver();
        });
        this.#isLooking = true;
        this.#news.resolve();
      },
      drop: (): void => {
        dropped = true;
        if (this.#outstanding.delete(entry.promise!)) this.#change();
      },
    };
    return entry;
  }

  #change(): void {
    this.#isStale = true;
    this.#race?.stop();
  }

  /** Delivers something that does not come from the engine, after all that has arrived. */
  post(settle: () => void): void {
    this.#arrived.push(settle);
    this.#news.resolve();
  }

  awaitForeign(promise: PromiseLike<unknown>): void {
    this.#foreign++;
    const settled = (): void => {
      this.#foreign--;
      this.#news.resolve();
    };
    promise.then(settled, settled);
  }

  /** Makes `run` look again. */
  wake(): void {
    this.#news.resolve();
  }

  /**
   * Goes on until `isOver`. Rejects with what a delivery throws.
   *
   * @param waits false if the run waits for nothing of the engine
   * @param beforeWait is called when all that has arrived is delivered
   */
  async run(isOver: () => boolean, waits: () => boolean, beforeWait: () => void): Promise<void> {
    await drain();
    for (;;) {
      const deliver = this.#arrived.shift();
      if (deliver !== undefined) {
        deliver();
        await drain();
      } else if (isOver()) return this.#stop();
      else {
        beforeWait();
        await this.#progress(waits());
      }
    }
  }

  async #progress(waits: boolean): Promise<void> {
    this.#news = deferred();
    const news = this.#news.promise;
    const needsEngine = waits && this.#outstanding.size > 0;
    // The journal contains requests that the run made after a foreign promise. Waiting for the engine before would look like
    // changed code.
    const isPatient = this.#foreign > 0 && !this.#ctx.isProcessing();
    if (this.#isStale || !needsEngine || isPatient) await this.#stop();
    this.#isLooking = false;
    if (needsEngine && !(isPatient && (await withinPatience(news)))) this.#race ??= this.#start();
    await news;
    if (this.#failure !== undefined) throw this.#failure;
    return drain();
  }

  #start(): Race {
    const { RestatePromise } = this.#sdk;
    const stopped = deferred<undefined>();
    this.#isStale = false;
    RestatePromise.race([...this.#outstanding, RestatePromise.resolve(stopped.promise)]).then(
      () => {},
      (error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#news.resolve();
      },
    );
    return { stop: () => stopped.resolve(undefined) };
  }

  async #stop(): Promise<void> {
    if (this.#race === undefined) return;
    this.#race.stop();
    this.#race = undefined;
    // An engine that is about to look finds that the race is over.
    if (this.#isLooking) return;
    // The SDK can't wait for two things at once: it must have let go of this one.
    this.#input.ping();
    await turn();
    await turn();
  }
}

/** What comes to nothing: neither a value nor an error. */
const never = (): Promise<undefined> => new Promise(() => {});

/**
 * Lets everything happen that happens by itself: all microtasks, and those that they start. Ticks come when there are none
 * left, and don't cost a turn of the event loop, as each step would.
 */
const drain = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Lets the SDK do what it has put off. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function withinPatience(news: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    void news.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
