/** Requests to a Restate server, with patience for one that is being restarted. */

import { setTimeout as delay } from 'node:timers/promises';
import { DurableError, EngineUnreachableError } from '../../base/errors.ts';
import { healthAnswer, restateRefused, serverUnreachable } from '../../base/messages/restate.ts';
import type { EngineError } from './errors.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The server answered with an error of the run or handler. */
export class RunFailure extends Error {
  readonly failure: EngineError;
  constructor(failure: EngineError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Who speaks for the run says so in this head. */
const SOURCE = 'x-restate-error-source';
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;

/** A wait that took too long for the connection is no sign that the server is gone. */
const isWaiting = (error: unknown): boolean => codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: string;
  /** Makes a repeated call one call. */
  readonly idempotencyKey?: string;
}

/**
 * Asks until there is an answer.
 *
 * @param patience how long a server may be out of reach, in ms
 *
 * Rejects with EngineUnreachableError, and with RunFailure for what the run or handler answered.
 */
export async function ask(call: Call, patience: number): Promise<Answer> {
  let goneSince: number | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    let gone: unknown;
    try {
      const response = await send(call);
      const body = await response.text();
      if (response.headers.get(SOURCE) === 'invocation')
        throw new RunFailure(failureIn(response.status, body));
      if (response.status < 500) return { status: response.status, body };
      gone = new Error(healthAnswer(response.status, body));
    } catch (error) {
      if (error instanceof RunFailure) throw error;
      if (isWaiting(error)) continue;
      gone = error;
    }
    goneSince ??= Date.now();
    if (Date.now() - goneSince >= patience) throw unreachable(call.url, gone);
    await delay(pause);
  }
}

function send({ method, url, body, idempotencyKey }: Call): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  return fetch(url, body === undefined ? { method, headers } : { method, headers, body });
}

function failureIn(status: number, body: string): EngineError {
  try {
    return { code: status, ...(JSON.parse(body) as EngineError) };
  } catch {
    return { code: status, message: body };
  }
}

function codeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
}

function unreachable(url: string, cause: unknown): EngineUnreachableError {
  const { origin } = new URL(url);
  const why = String((cause instanceof Error && cause.cause) || cause);
  return new EngineUnreachableError(serverUnreachable(origin, why), { cause });
}

/** An answer that says that something is wrong with the question. */
export const unexpected = ({ status, body }: Answer, what: string): DurableError =>
  new DurableError('RESTATE', restateRefused(status, what, body));
