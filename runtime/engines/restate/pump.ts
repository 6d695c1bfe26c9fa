import { type Deferred, deferred } from './deferred.ts';
import type { Input } from './input.ts';
import type { RestatePromise, RunContext, Sdk } from './sdk.ts';
import { TEXT } from './wire.ts';

/** Something of the engine that a run waits for, and what is to be done when it is there. */
export interface Watch {
  /** Forgets it: what it brings is not looked at any more. */
  drop(): void;
}

/** How long a replay waits for a promise that isn't the engine's before it goes on without it, in ms. */
const PATIENCE = 50;

/**
 * Delivers to a run, one at a time, what the engine completes, in the order of its journal. Between two deliveries all
 * that the run does by itself is done, so the run asks for the same things in the same order on every replay, which is
 * what the engine checks; and while it waits, all that is outstanding takes part in one race of the engine, which
 * decides by the journal.
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
  /** Resolved when something new is asked for, or a foreign promise settles. */
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
      return undefined;
    });
    this.#outstanding.add(entry.promise);
    return entry;
  }

  /**
   * As `watch`, for texts that never fail. It costs less where many are outstanding, since the engine's promise takes part
   * in the race itself: that it is there shows when it is read.
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
      return text;
    };
    entry.promise = ask({ ...TEXT, deserialize: read });
    this.#outstanding.add(entry.promise);
    return entry;
  }

  #entry() {
    this.asked++;
    this.#news.resolve();
    let dropped = false;
    const entry = {
      promise: undefined as RestatePromise<unknown> | undefined,
      arrive: (deliver: () => void): void => {
        this.#outstanding.delete(entry.promise!);
        this.#arrived.push(() => {
          if (!dropped) deliver();
        });
      },
      drop: (): void => {
        dropped = true;
        this.#outstanding.delete(entry.promise!);
      },
    };
    return entry;
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
      } else if (isOver()) return;
      else {
        beforeWait();
        await this.#progress(waits());
      }
    }
  }

  async #progress(waits: boolean): Promise<void> {
    this.#news = deferred();
    const news = this.#news.promise;
    if (!waits || this.#outstanding.size === 0) {
      await news;
      return drain();
    }
    // The journal holds what the run asked for after a foreign promise; to wait for the engine before would be taken for
    // changed code.
    if (this.#foreign > 0 && !this.#ctx.isProcessing() && (await withinPatience(news))) return drain();
    const { RestatePromise } = this.#sdk;
    let interrupted = false;
    const interruption = RestatePromise.resolve(news).map(() => {
      interrupted = true;
      return undefined;
    });
    await RestatePromise.race([...this.#outstanding, interruption]);
    if (!interrupted) return;
    // The SDK can't wait for two things at once: it must have let go of this one.
    this.#input.ping();
    await turn();
    await turn();
  }
}

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
