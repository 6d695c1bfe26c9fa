export class LimitError extends Error {
  readonly #until = 1_000;
  static is(error: unknown): error is LimitError {
    return typeof error === 'object' && error !== null && #until in error;
  }
  get until(): number {
    return this.#until;
  }
  retryIn(now: number): number {
    return this.#until - now;
  }
}

export async function load(): Promise<string> {
  throw new LimitError('too many calls');
}
