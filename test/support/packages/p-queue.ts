/** What the package of this name does, for fixtures: the real one is tried in `test/packages`. */
interface Options {
  readonly concurrency?: number;
  readonly autoStart?: boolean;
  readonly timeout?: number;
}

/** The next function is called by whoever ends: in the context of that one. */
export default class PQueue {
  timeout: number | undefined;
  #paused: boolean;
  #active = 0;
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];

  constructor({ concurrency = Number.POSITIVE_INFINITY, autoStart = true, timeout }: Options = {}) {
    this.#concurrency = concurrency;
    this.#paused = !autoStart;
    this.timeout = timeout;
  }

  async add<T>(fn: () => T | Promise<T>, _options: { timeout?: number; priority?: number } = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(async () => {
        try {
          resolve(await fn());
        } catch (error) {
          reject(error);
        }
        this.#active--;
        this.#next();
      });
      this.#next();
    });
  }

  addAll<T>(fns: readonly (() => T | Promise<T>)[]): Promise<T[]> {
    return Promise.all(fns.map((fn) => this.add(fn)));
  }

  start(): this {
    this.#paused = false;
    this.#next();
    return this;
  }

  get size(): number {
    return this.#waiting.length;
  }

  async onIdle(): Promise<void> {
    if (this.#active + this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    while (!this.#paused && this.#active < this.#concurrency && this.#waiting.length > 0) {
      this.#active++;
      this.#waiting.shift()?.();
    }
    if (this.#active + this.#waiting.length === 0) for (const done of this.#idle.splice(0)) done();
  }
}
