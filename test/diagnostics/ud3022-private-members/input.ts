class LimitError extends Error {
  readonly #until: number;
  constructor(until: number) {
    super('too many calls');
    this.#until = until;
  }
  static is(error: unknown): error is LimitError {
    return typeof error === 'object' && error !== null && #until in error;
  }
  retryIn(now: number): number {
    return this.#until - now;
  }
}

class QuotaError extends LimitError {}

async function load(): Promise<string> {
  throw new QuotaError(1_000);
}

export async function main(): Promise<number> {
  'use durable';
  try {
    await load();
  } catch (error) {
    if (error instanceof QuotaError) return error.retryIn(Date.now());
    if (LimitError.is(error)) return 1;
  }
  return 0;
}
