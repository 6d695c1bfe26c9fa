import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { MisuseError } from '../../base/errors.ts';
import {
  firstArgumentNotDurable,
  invocationNotFound,
  serviceUnknown,
  signalNameInvalid,
  startArgumentsNoArray,
  startIdInvalid,
  urlInvalid,
} from '../../base/messages/restate.ts';
import type { Definition } from '../../functions/definition.ts';
import { compiledDefinition } from '../../functions/definitions.ts';
import { encodeInput, type InputOptions } from '../../functions/input.ts';
import type { ClassScope } from '../../values/classes.ts';
import { decode, decodeError, encode, encodeError } from '../../values/codec.ts';
import { carriedError, ownError } from './errors.ts';
import { type Answer, ask, RunFailure, unexpected } from './http.ts';
import { addressOf } from './tokens.ts';
import { fromJson, LARGEST_PAYLOAD, toJson, tooLarge } from './wire.ts';

export interface RestateClientOptions {
  /** How long a server may be out of reach before a call rejects, in ms; default 10 s. */
  readonly patience?: number;
}

export interface RestateStartOptions extends InputOptions {
  /** The id of the run; a second start under it finds the first. Default: a new one. */
  readonly id?: string;
  /** The name that the function has in `toRestate`; default: the name of the durable function, or the id that it was given. */
  readonly service?: string;
}

/** A run on Restate. */
export interface RestateHandle<R = unknown> {
  readonly id: string;
  /**
   * What the run returns; waits for it. Rejects with what the run throws, as an error of its class; with MisuseError if
   * there is no such run, EngineUnreachableError.
   */
  result(): Promise<R>;
  /** Sends a signal. Rejects with MisuseError if the run has ended, SerializationError, EngineUnreachableError. */
  signal(name: string, payload?: unknown): Promise<void>;
  /** Cancels the run. Rejects with MisuseError if there is no such run, EngineUnreachableError. */
  cancel(reason?: string): Promise<void>;
}

export interface RestateClient {
  /**
   * Starts a run, or finds it started.
   *
   * Rejects with NotCompiledError, SerializationError, LimitError (arguments), MisuseError if Restate doesn't know the
   * function, EngineUnreachableError.
   */
  start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: RestateStartOptions,
  ): Promise<RestateHandle<Awaited<R>>>;
  /** A run that was started before. @throws NotCompiledError */
  get<R>(fn: (...args: never[]) => R, id: string, service?: string): RestateHandle<Awaited<R>>;
  /** Completes a callback, once. Rejects with CallbackError, SerializationError, EngineUnreachableError. */
  complete(token: string, value?: unknown): Promise<void>;
  /** Fails a callback, once: its `result()` rejects with the error. Rejects as `complete`. */
  fail(token: string, error: unknown): Promise<void>;
}

/**
 * Talks to durable functions on Restate. It needs no SDK.
 *
 * @param url of the ingress, such as `http://localhost:8080`
 * @throws MisuseError if it is no address
 */
export function restateClient(url: string, { patience = 10_000 }: RestateClientOptions = {}): RestateClient {
  if (!URL.canParse(url)) throw new MisuseError(urlInvalid(url));
  return new Client(url.replace(/\/+$/, ''), patience);
}

const NOT_FOUND = 404;
const TOO_LARGE = 413;

class Client implements RestateClient {
  readonly url: string;
  readonly patience: number;

  constructor(url: string, patience: number) {
    this.url = url;
    this.patience = patience;
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    { id = randomUUID(), service, ...input }: RestateStartOptions = {},
  ): Promise<RestateHandle<Awaited<R>>> {
    const definition = required(fn);
    if (!Array.isArray(args)) throw new MisuseError(startArgumentsNoArray(definition.id));
    if (typeof id !== 'string' || id === '') {
      throw new MisuseError(startIdInvalid());
    }
    const name = service ?? definition.name;
    const body = toJson(await encodeInput('start', definition, args, input));
    const what = `arguments of "${definition.id}"`;
    if (Buffer.byteLength(body) > LARGEST_PAYLOAD) {
      throw tooLarge(what, Buffer.byteLength(body), LARGEST_PAYLOAD);
    }
    const answer = await ask(
      { method: 'POST', url: this.address(name, id, 'run/send'), body },
      this.patience,
    );
    if (answer.status === TOO_LARGE) throw tooLarge(what, Buffer.byteLength(body), LARGEST_PAYLOAD);
    if (answer.status === NOT_FOUND) {
      throw new MisuseError(serviceUnknown(name));
    }
    if (answer.status >= 300) throw unexpected(answer, `the start of run "${id}"`);
    return new Handle<Awaited<R>>(this, definition, name, id);
  }

  get<R>(fn: (...args: never[]) => R, id: string, service?: string): RestateHandle<Awaited<R>> {
    const definition = required(fn);
    return new Handle<Awaited<R>>(this, definition, service ?? definition.name, id);
  }

  async complete(token: string, value?: unknown): Promise<void> {
    await this.#complete(token, 'value', await encode(value, 'value of the callback'));
  }

  async fail(token: string, error: unknown): Promise<void> {
    await this.#complete(token, 'error', await encodeError(error, 'error of the callback'));
  }

  async #complete(token: string, field: 'value' | 'error', encoded: string): Promise<void> {
    const { service, run } = addressOf(token);
    const carried = field === 'value' ? toJson(encoded) : JSON.stringify({ 'use-durable': encoded });
    await this.tell(service, run, 'complete', `{"token":${JSON.stringify(token)},"${field}":${carried}}`);
  }

  /** Calls a handler of a run. */
  async tell(service: string, id: string, handler: string, body: string): Promise<void> {
    // A repeated call is the same call: the server may have taken it in before it went out of reach.
    const idempotencyKey = randomUUID();
    const call = { method: 'POST', url: this.address(service, id, handler), body, idempotencyKey } as const;
    const answer = await failing(ask(call, this.patience), undefined);
    if (answer.status >= 300) throw unexpected(answer, `${handler} of run "${id}"`);
  }

  address(service: string, id: string, path: string): string {
    return `${this.url}/${service}/${encodeURIComponent(id)}/${path}`;
  }
}

class Handle<R> implements RestateHandle<R> {
  readonly id: string;
  readonly #client: Client;
  readonly #classes: ClassScope | undefined;
  readonly #service: string;

  constructor(client: Client, { classes }: Definition, service: string, id: string) {
    this.id = id;
    this.#client = client;
    this.#classes = classes;
    this.#service = service;
  }

  async result(): Promise<R> {
    const { url, patience } = this.#client;
    const path = `${url}/restate/workflow/${this.#service}/${encodeURIComponent(this.id)}/attach`;
    const asked = ask({ method: 'GET', url: path }, patience).catch((error: unknown) => {
      const isMissing =
        error instanceof RunFailure &&
        error.failure.code === NOT_FOUND &&
        carriedError(error.failure) === undefined;
      throw isMissing ? new MisuseError(invocationNotFound(this.id)) : error;
    });
    const answer = await failing(asked, this.#classes);
    if (answer.status >= 300) throw unexpected(answer, `the result of run "${this.id}"`);
    return decode(fromJson(answer.body, 'result'), this.#classes) as R;
  }

  async signal(name: string, payload?: unknown): Promise<void> {
    if (typeof name !== 'string' || name === '') {
      throw new MisuseError(signalNameInvalid());
    }
    const encoded = toJson(await encode(payload, `payload of signal "${name}"`));
    const body = `{"name":${JSON.stringify(name)},"payload":${encoded}}`;
    await this.#client.tell(this.#service, this.id, 'signal', body);
  }

  cancel(reason?: string): Promise<void> {
    return this.#client.tell(this.#service, this.id, 'cancel', JSON.stringify({ reason }));
  }
}

/** Turns an error of the run into the one that it threw. */
async function failing(answer: Promise<Answer>, classes: ClassScope | undefined): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    const encoded = carriedError(error.failure);
    throw encoded === undefined ? ownError(error.failure) : decodeError(encoded, classes);
  }
}

function required(fn: unknown): Definition {
  if (typeof fn !== 'function') throw new MisuseError(firstArgumentNotDurable());
  return compiledDefinition(fn, `The function "${fn.name}"`);
}
