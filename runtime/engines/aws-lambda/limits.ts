/** What the engine takes. The local runner doesn't check it, so it is checked here. */

import { Buffer } from 'node:buffer';
import { LimitError } from '../../base/errors.ts';
import { operationTooLarge, tooManyOperationsOf, tooMuchDataOf } from '../../base/messages/aws.ts';

export const LIMITS = {
  nameLength: 256,
  /** Bytes of the result of one operation. */
  payload: 256 * 1024,
  /** Bytes of the error of one operation. */
  error: 32 * 1024,
  /** Operations of one execution, itself included. */
  operations: 3000,
  /** Bytes of all results of one execution. */
  total: 100 * 1024 * 1024,
  /** The longest wait, in seconds. */
  wait: 366 * 24 * 60 * 60,
} as const;

/** What we add to a payload, at most. */
export const STAMP_BYTES = 256;

export const sizeOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The error for a payload that the engine doesn't take. */
export const payloadTooLarge = (what: string, bytes: number, limit: number): LimitError =>
  new LimitError(operationTooLarge(what, kilobytes(bytes), kilobytes(limit)));

export const tooManyOperations = (runId: string): LimitError =>
  new LimitError(tooManyOperationsOf(runId, LIMITS.operations));

export const tooMuchData = (runId: string): LimitError =>
  new LimitError(tooMuchDataOf(runId, LIMITS.total / 1024 / 1024));

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;
