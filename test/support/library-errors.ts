/** Errors of the shapes that well-known packages give theirs. */
import { EventEmitter } from 'node:events';

class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
  get isServerError(): boolean {
    return this.status >= 500;
  }
}
class NotFoundError extends ApiError {
  readonly resource = 'order';
}
class RateLimitError extends ApiError {}

/** A client whose classes are its members, as OpenAI's. */
export class Client {
  static readonly ApiError = ApiError;
  static readonly NotFoundError = NotFoundError;
  static readonly RateLimitError = RateLimitError;
  static get Deprecated(): never {
    throw new Error('not to be read');
  }
  async get(status: number): Promise<string> {
    if (status === 404) throw new NotFoundError(404, 'no such order');
    if (status === 429) throw new RateLimitError(429, 'slowly');
    if (status >= 400) throw new ApiError(status, 'failed');
    return 'order';
  }
}

/** A class that tests by marks, whose instances are of another one, as zod's. */
const traits: unique symbol = Symbol('traits');
export class Invalid {
  readonly issues: readonly string[];
  constructor(issues: readonly string[]) {
    this.issues = issues;
  }
  static [Symbol.hasInstance](value: unknown): boolean {
    return (value as { readonly _marks?: Set<string> } | null)?._marks?.has('Invalid') === true;
  }
}
export function invalid(issues: readonly string[]): Error {
  class Real extends Error {
    override name = 'Invalid';
  }
  const error = new Real(JSON.stringify(issues));
  Object.defineProperty(error, '_marks', { value: new Set(['Base', 'Invalid']) });
  Object.defineProperty(error, 'issues', { value: issues });
  Object.defineProperty(error, 'toString', { value: () => `Invalid: ${issues}` });
  return Object.assign(error, { [traits]: 1 });
}

/** Marked for other copies of its package, as the AI SDK's. */
const marker = Symbol.for('library-errors.call');
export class CallError extends Error {
  readonly [marker] = true;
  readonly retryable: boolean;
  constructor(retryable: boolean) {
    super('call failed');
    this.retryable = retryable;
  }
  static isInstance(error: unknown): error is CallError {
    return error instanceof Error && Reflect.get(error, marker) === true;
  }
}

/** Made by a function whose classes are its members, with data on the prototypes, as http-errors. */
export const createError = Object.assign(
  (status: number): Error => new createError[status === 409 ? 'Conflict' : 'HttpError'](`status ${status}`),
  { HttpError: class HttpError extends Error {}, Conflict: class ConflictError extends Error {} },
);
Object.setPrototypeOf(createError.Conflict.prototype, createError.HttpError.prototype);
Object.assign(createError.Conflict.prototype, { status: 409, expose: true });

/** With what is alive in it, and getters on it, as those of HTTP clients. */
export class TransportError extends Error {
  readonly code = 'ERR_BAD_REQUEST';
  readonly config: object;
  readonly request = new EventEmitter();
  readonly response: object;
  constructor(status: number) {
    super(`status ${status}`);
    const { request } = this;
    this.config = {
      method: 'get',
      adapter: [() => 1, 'http'],
      env: { Form: class {} },
      headers: new Bag('a', 'b'),
    };
    this.response = {
      status,
      data: { reason: 'none' },
      headers: new Bag('etag', 'x'),
      config: this.config,
      request,
    };
    const context = { data: { reason: 'none' } };
    Object.defineProperty(this, 'data', { get: () => context.data });
    Object.defineProperty(this, 'stale', { get: () => context });
  }
}
class Bag {
  readonly [key: string]: unknown;
  constructor(key: string, value: string) {
    Object.assign(this, { [key]: value });
  }
  has(key: string): boolean {
    return key in this;
  }
}

/** An accessor over a private field. */
export class SecretError extends Error {
  readonly #status: number;
  constructor(status: number) {
    super('secret');
    this.#status = status;
  }
  get status(): number {
    return this.#status;
  }
}
