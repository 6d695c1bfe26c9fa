class LimitError extends Error {
  static #count = 0;
  readonly #until: number;
  readonly after: number;
  constructor(until: number) {
    super('too many calls');
    this.#until = until;
    this.after = until;
    LimitError.#count++;
  }
  static counted(step: number): number {
    return LimitError.#count * step;
  }
  get until(): number {
    return this.#until;
  }
  retryIn(now: number): number {
    return this.after - now;
  }
  check(): boolean {
    return this.#until > 0;
  }
}

class KeptError extends Error {
  readonly #code: number;
  constructor(code: number) {
    super('kept');
    this.#code = code;
  }
  code(): number {
    return this.#code;
  }
  [Symbol.for('use-durable.encode')](): number {
    return this.#code;
  }
  static [Symbol.for('use-durable.decode')](code: number): KeptError {
    return new KeptError(code);
  }
}

async function load(): Promise<string> {
  try {
    throw new LimitError(1_000);
  } catch (error) {
    if (error instanceof LimitError && error.check()) throw error;
    throw new KeptError(1);
  }
}

export async function main(): Promise<number> {
  'use durable';
  try {
    await load();
  } catch (error) {
    if (error instanceof KeptError) return error.code();
    if (error instanceof LimitError) return error.until + error.retryIn(1) + LimitError.counted(2);
  }
  return 0;
}
