/** What can be done to a run from outside, as handlers beside it: any HTTP client can call them with plain JSON. */

import { CallbackError, MisuseError } from '../../base/errors.ts';
import {
  bodyNoObject,
  callbackOfEndedRun,
  callbackUnknown,
  invocationNotFound,
  sentTooLate,
  signalWithoutName,
} from '../../base/messages/restate.ts';
import { failure } from '../../run/outcome.ts';
import { encode, encodeError } from '../../values/codec.ts';
import { CONFLICT, toTerminalError } from './errors.ts';
import { signalPromise } from './mailbox.ts';
import type { Sdk, WorkflowSharedContext } from './sdk.ts';
import { addressOf, callbackPromise, isProven } from './tokens.ts';
import { carried, TEXT, toLine } from './wire.ts';

/** The name of the state in which a run leaves word for these handlers. */
export const RUN_STATE = 'run';
/** The name of the promise that holds why a run is cancelled. */
export const CANCEL_PROMISE = 'cancel';

export interface RunState {
  readonly seed?: string;
  /** Its id in the engine. */
  readonly invocation?: string;
  readonly ended?: boolean;
}

/** How long to wait for word of a run, in ms: so long at first, then twice as long each time. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 5_000;

type Fields = Readonly<Record<string, unknown>>;

/** `{"name": "...", "payload": ...}`: the next in the order of signals of this name. */
export async function signal(ctx: WorkflowSharedContext, sdk: Sdk, text: string): Promise<string> {
  const { name, payload } = fieldsOf(sdk, text);
  if (typeof name !== 'string' || name === '') {
    throw refusal(sdk, new MisuseError(signalWithoutName()));
  }
  const { ended } = await stateOf(ctx);
  if (ended) throw refusal(sdk, new MisuseError(sentTooLate(ctx.key)));
  const at = await now(ctx);
  const line = toLine({ ok: true, value: encodedValue(payload) }, at);
  let index = await firstFree(ctx, name);
  while (!(await resolved(ctx, signalPromise(name, index), line))) index++;
  return 'null';
}

/** `{"token": "...", "value": ...}` or `{"token": "...", "error": ...}`. */
export async function complete(ctx: WorkflowSharedContext, sdk: Sdk, text: string): Promise<string> {
  const fields = fieldsOf(sdk, text);
  const { token } = fields;
  const { seed, ended } = await begunState(ctx);
  if (ended) throw refusal(sdk, new CallbackError(callbackOfEndedRun()));
  if (seed === undefined || typeof token !== 'string' || !isOurs(token, seed)) {
    throw refusal(sdk, new CallbackError(callbackUnknown(ctx.key)));
  }
  const failed = 'error' in fields;
  const value = failed ? encodedError(fields.error) : encodedValue(fields.value);
  const line = toLine({ ok: !failed, value }, await now(ctx));
  if (!(await resolved(ctx, callbackPromise(addressOf(token).key), line))) {
    const words =
      'This callback was completed or failed before, which can be done once, or its time is over.';
    throw refusal(sdk, new CallbackError(words));
  }
  return 'null';
}

/** `{"reason": "..."}` or nothing. Does nothing to a run that has ended. */
export async function cancel(ctx: WorkflowSharedContext, sdk: Sdk, text: string): Promise<string> {
  const { reason } = text.trim() === '' ? {} : fieldsOf(sdk, text);
  const { invocation, ended } = await begunState(ctx);
  if (ended) return 'null';
  if (invocation === undefined) throw refusal(sdk, new MisuseError(invocationNotFound(ctx.key)));
  if (typeof reason === 'string') await resolved(ctx, CANCEL_PROMISE, reason);
  ctx.cancel(invocation as Parameters<WorkflowSharedContext['cancel']>[0]);
  return 'null';
}

const stateOf = async (ctx: WorkflowSharedContext): Promise<RunState> =>
  (await ctx.get<RunState>(RUN_STATE)) ?? {};

/**
 * What a run has left, once it has left something: one that was accepted may not have begun, and one whose process died
 * may have been heard of before it could leave word.
 */
async function begunState(ctx: WorkflowSharedContext): Promise<RunState> {
  let state = await stateOf(ctx);
  for (let wait = FIRST_WAIT; state.seed === undefined && !state.ended && wait <= LONGEST_WAIT; wait *= 2) {
    await ctx.sleep(wait);
    state = await stateOf(ctx);
  }
  return state;
}

const now = (ctx: WorkflowSharedContext): Promise<number> => ctx.date.now();

/** False if it was resolved before. */
async function resolved(ctx: WorkflowSharedContext, promise: string, text: string): Promise<boolean> {
  try {
    await ctx.promise<string>(promise, TEXT).resolve(text);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === CONFLICT) return false;
    throw error;
  }
}

/** Signals have the indices from 0 on without gaps. This is the first index that was free when it was read. */
async function firstFree(ctx: WorkflowSharedContext, name: string): Promise<number> {
  const isTaken = async (index: number): Promise<boolean> =>
    (await ctx.promise<string>(signalPromise(name, index), TEXT).peek()) !== undefined;
  let free = 0;
  let step = 1;
  while (await isTaken(free + step - 1)) {
    free += step;
    step *= 2;
  }
  for (step = Math.floor(step / 2); step >= 1; step = Math.floor(step / 2)) {
    if (await isTaken(free + step - 1)) free += step;
  }
  return free;
}

function fieldsOf(sdk: Sdk, text: string): Fields {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (typeof fields === 'object' && fields !== null) return fields as Fields;
  throw refusal(sdk, new MisuseError(bodyNoObject()));
}

function isOurs(token: string, seed: string): boolean {
  try {
    return isProven(token, seed);
  } catch {
    return false;
  }
}

/** What is JSON holds nothing that takes time to encode. */
const encodedValue = (value: unknown): string => carried(value) ?? (encode(value, 'value') as string);

function encodedError(error: unknown): string {
  const encoded = carried(error);
  if (encoded !== undefined) return encoded;
  const message = typeof error === 'string' ? error : JSON.stringify(error);
  return encodeError(new Error(message), 'error') as string;
}

const refusal = (sdk: Sdk, error: Error): Error => toTerminalError(sdk, failure(error).value);
