/** Errors of runs on their way through Restate, which knows a code, a message and texts beside them. */

import { inspect } from 'node:util';
import { CancelledError, DurableError, TimeoutError } from '../../base/errors.ts';
import { restateEnded } from '../../base/messages/restate.ts';
import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import type { ClassScope } from '../../values/classes.ts';
import { decodeError } from '../../values/codec.ts';
import type { Sdk, TerminalError } from './sdk.ts';

/** The text beside an error that holds it as our codec wrote it. */
const CARRIER = 'use-durable';

/** Restate's code for an invocation that was cancelled; also for what exists already. */
export const CONFLICT = 409;
const TIMEOUT = 408;
const INTERNAL = 500;

/** The error that ends an invocation, for an encoded error; to others than us it shows name and message. */
export function toTerminalError(sdk: Sdk, encoded: string, classes?: ClassScope): TerminalError {
  const error = decodeError(encoded, classes);
  const message = error instanceof Error ? String(error) : inspect(error);
  return new sdk.TerminalError(message, {
    errorCode: codeOf(error),
    metadata: { [CARRIER]: encoded },
  });
}

function codeOf(error: unknown): number {
  if (error instanceof CancelledError) return CONFLICT;
  return error instanceof TimeoutError ? TIMEOUT : INTERNAL;
}

/** What of an error comes back: from the SDK, or as the server writes it. */
export interface EngineError {
  readonly code?: number;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The encoded error that an error of the engine carries; undefined for one that is the engine's own. */
export const carriedError = ({ metadata }: EngineError): string | undefined => metadata?.[CARRIER];

/** How something ended that the engine reports as failed. */
export function outcomeOfError(error: EngineError): Outcome {
  const encoded = carriedError(error);
  return encoded === undefined ? failure(ownError(error)) : { ok: false, value: encoded };
}

/** An error that the engine made itself: a run that was cancelled or killed by its operator. */
export function ownError({ code, message }: EngineError): Error {
  if (code === CONFLICT && /^cancell?ed$/i.test(message)) return new CancelledError();
  return new DurableError('RESTATE', restateEnded(code, message));
}
