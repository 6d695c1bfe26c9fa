import { type Deferred, deferred } from './deferred.ts';
import type { Input } from './input.ts';
import type { RestatePromise, RunContext, Sdk } from './sdk.ts';
import { TEXT } from './wire.ts';

/** Something of the engine that a run waits for, and what is to be done when it is there. */
export interface Watch {
  /** Forgets it: what it brings is not looked at any more. */
  drop(): void;
}

/** A race of the engine that goes on until it is stopped: what it brings is looked at, but doesn't end it. */
interface Race {
  stop(): void;
}

/** How long a replay waits for a promise that isn't the engine's before it goes on without it, in ms. */
const PATIENCE = 50;

/**
 * Delivers to a run, one at a time, what the engine completes, in the order of its journal. Between two deliveries all
 * that the run does by itself is done, so the run asks for the same things in the same order on every replay, which is
 * what the engine checks; and while it waits, all that is outstanding takes part in one race of the engine, which
 * decides by the journal. The engine looks for the next outcome in a turn of the event loop of its own, when the last
 * one has been delivered, so a race that something new was asked for meanwhile is over before it looks.
 */
export class Pump {
  readonly #ctx: RunContext;
  readonly #sdk: Sdk;
  readonly #input: Input;
  readonly #outstanding = new Set<RestatePromise<unknown>>();
  readonly #arrived: (() => void)[] = [];
  /** How often something was asked of the engine. */
  asked = 0;
  #foreign = 0;
  #race: Race | undefined;
  /** What the race is about is no longer all that is outstanding. */
  #isStale = false;
  /** The engine has brought something in this turn of the event loop, so it is about to look again. */
  #isLooking = false;
  #failure: Error | undefined;
  /** Resolved when something arrives or is asked for, or a foreign promise settles. */
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
   * As `watch`, for texts that never fail. It costs less where many are outstanding, since the engine's promise takes part
   * in the race itself: that it is there shows when it is read, and what is read never settles it.
   *
   * @param ask asks the engine, which must read the text with this
   * @param early is called as soon as it is there, maybe before others are delivered
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

  /** Delivers something that the engine need not be asked for, after what has arrived. */
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
    // The journal holds what the run asked for after a foreign promise; to wait for the engine before would be taken for
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
