import { Buffer } from 'node:buffer';
import * as crypto from 'node:crypto';
import { CallbackError } from '../../base/errors.ts';
import { tokenUnknown } from '../../base/messages/restate.ts';

/** Where a callback belongs. */
export interface CallbackAddress {
  /** Name of the service. */
  readonly service: string;
  /** Id of the run. */
  readonly run: string;
  readonly key: string;
}

/** The name of the engine's promise that a callback is completed by. */
export const callbackPromise = (key: string): string => `callback/${key}`;

/** 132 bits that can be computed only with the secret seed of the run. */
const proofOf = (seed: string, key: string): string =>
  crypto.hash('sha256', `${seed}\0callback\0${key}`, 'base64url').slice(0, 22);

/** The token of a callback: its address, and the proof that its run made it. */
export function makeToken({ service, run, key }: CallbackAddress, seed: string): string {
  const address = Buffer.from(JSON.stringify([service, run, key])).toString('base64url');
  return `${proofOf(seed, key)}.${address}`;
}

/** @throws CallbackError if it is no token of a Restate service */
export function addressOf(token: string): CallbackAddress {
  try {
    const text = Buffer.from(token.slice(token.indexOf('.') + 1), 'base64url').toString();
    const [service, run, key] = JSON.parse(text) as unknown[];
    if (typeof service === 'string' && typeof run === 'string' && typeof key === 'string') {
      return { service, run, key };
    }
  } catch {
    // No JSON, so no token.
  }
  throw new CallbackError(tokenUnknown());
}

/** Whether the run with this seed made the token. */
export const isProven = (token: string, seed: string): boolean => {
  const { key } = addressOf(token);
  return token.startsWith(`${proofOf(seed, key)}.`);
};
