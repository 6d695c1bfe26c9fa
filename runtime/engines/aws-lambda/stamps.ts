/**
 * What we write into the operations of the engine, besides values: a line of JSON in front of the encoded value. It is
 * added when a batch of checkpoints is sent, so that the numbers follow the order in which the engine keeps them.
 */

import { StoreError } from '../../base/errors.ts';
import {
  operationOfOthers,
  stampNoObject,
  stampWithoutFirstLine,
  stampWithoutResult,
} from '../../base/messages/aws.ts';

/** A wait that is kept inside the invocation; something that can't be done. */
export type StandIn = 'wait' | 'refusal';

export interface Stamp {
  /** The outcome is the n-th that is delivered to the run, from 0 on. */
  readonly n?: number | undefined;
  /** When it happened, in ms since the epoch. */
  readonly at?: number | undefined;
  /** Lines that the body has printed until then. */
  readonly lines?: number | undefined;
  /** Names of what is delivered from `n` on, where this operation is no outcome itself. */
  readonly order?: readonly string[] | undefined;
  /** Those of them whose time was over before they were completed. */
  readonly late?: readonly string[] | undefined;
  /** What was carried out as a step though it is none. */
  readonly as?: StandIn | undefined;
  /** The value is an encoded error. */
  readonly failed?: true | undefined;
}

export interface Stamped extends Stamp {
  readonly value: string;
}

export const stamp = (fields: Stamp, value: string): string => `${JSON.stringify(fields)}\n${value}`;

/** @throws StoreError if something else wrote it */
export function readStamp(name: string, text: string | undefined): Stamped {
  try {
    if (text === undefined) throw new TypeError(stampWithoutResult());
    const end = text.indexOf('\n');
    if (end < 0) throw new TypeError(stampWithoutFirstLine());
    const fields: unknown = JSON.parse(text.slice(0, end));
    if (typeof fields !== 'object' || fields === null) throw new TypeError(stampNoObject());
    return { ...(fields as Stamp), value: text.slice(end + 1) };
  } catch (error) {
    throw new StoreError(operationOfOthers(name, error instanceof Error ? error.message : error), {
      cause: error,
    });
  }
}
