/** What a run waits for from outside, as promises of its scope: signals, callbacks, other runs. */

import { type Duration, parseDuration } from '../base/durations.ts';
import { MisuseError } from '../base/errors.ts';
import { childArgumentsNoArray, childNotDurable } from '../base/messages/waits.ts';
import { checkName } from '../base/name-checks.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebAbortSignal } from '../base/web-types.ts';
import type { Definition } from '../functions/definition.ts';
import { compiledDefinition, findDefinition } from '../functions/definitions.ts';
import { encodeInput, type InputOptions } from '../functions/input.ts';
import { mark, markClass } from '../functions/marks.ts';
import type { Backend, Settle, Until } from '../port/backend.ts';
import { abortable } from '../run/abortable.ts';
import { deliver } from '../run/outcome.ts';
import type { Run } from '../run/run.ts';
import type { ClassScope } from '../values/classes.ts';

/** How long to wait for something that comes from outside. */
export interface WaitOptions {
  /** After it the wait ends with a `TimeoutError`; default: never. */
  readonly timeout?: Duration;
}

export interface SignalOptions extends WaitOptions {
  /** Calls the wait off when the durable function aborts it: it rejects with the signal's reason, and takes no message. */
  readonly signal?: WebAbortSignal;
}

/** Something that is completed or failed from outside, once. */
export class Callback<T = unknown> {
  /** 128 bits or more, as text. It is the permission to complete the callback. */
  readonly token: string;
  readonly #ask: () => Promise<unknown>;
  #result: Promise<unknown> | undefined;

  constructor(token: string, ask: () => Promise<unknown>) {
    this.token = token;
    this.#ask = ask;
  }

  /**
   * What the callback is completed with; a wait that survives restarts. Rejects with what it is failed with, and with
   * TimeoutError when its time is over.
   */
  result(): Promise<T> {
    this.#result ??= this.#ask();
    return this.#result as Promise<T>;
  }
}

/** A run that this run has started. */
export class ChildRun<R = unknown> {
  readonly id: string;
  readonly #ask: () => Promise<unknown>;
  #result: Promise<unknown> | undefined;

  constructor(id: string, ask: () => Promise<unknown>) {
    this.id = id;
    this.#ask = ask;
  }

  /** What the other run returns; rejects with what it throws. A wait that survives restarts. */
  result(): Promise<R> {
    this.#result ??= this.#ask();
    return this.#result as Promise<R>;
  }
}

// Their methods are workflow code: what they wait for has a key of its own.
markClass(Callback);
markClass(ChildRun);

export interface ChildOptions extends InputOptions {
  /** The id of the new run; default: one made from the id of this run and the place of the call. */
  readonly id?: string;
}

/** `waitFor(name, options)`. */
export function receive(
  run: Run,
  classes: ClassScope | undefined,
  key: string,
  [name, options]: readonly unknown[],
): Promise<unknown> {
  try {
    checkName('waitFor(name): the name of a signal', name);
  } catch (error) {
    return Promise.reject(error);
  }
  const wait = (): Promise<unknown> =>
    asked(run, classes, options, `waitFor("${name}")`, ['timeout', 'signal'], (backend, timeout, settle) =>
      backend.receive(key, name, timeout, settle),
    );
  const signal = (options as SignalOptions | null | undefined)?.signal;
  return signal === undefined ? wait() : abortable(run, key, signal, wait);
}

/** `signals(name, options)`: each signal is received under a key of its own. */
export const stream: (receiveNext: () => Promise<unknown>) => AsyncGenerator<unknown, never> = mark(
  async function* (receiveNext) {
    for (;;) yield await receiveNext();
  },
);

/** `createCallback(options)`. */
export async function createCallback(
  run: Run,
  classes: ClassScope | undefined,
  key: string,
  [options]: readonly unknown[],
): Promise<Callback> {
  const token = await asked(
    run,
    classes,
    options,
    'createCallback',
    ['timeout'],
    (backend, timeout, settle) => backend.createCallback(key, timeout, settle),
  );
  const ask = (): Promise<unknown> =>
    promised(classes, (settle) => run.backend.awaitCallback(resultKey(key), String(token), settle));
  return new Callback(String(token), ask);
}

/** `startChild(fn, args, options)`. */
export async function startChild(
  run: Run,
  classes: ClassScope | undefined,
  key: string,
  [fn, args, options]: readonly unknown[],
): Promise<ChildRun> {
  const definition = childDefinition(fn, args);
  const given = (options ?? {}) as ChildOptions;
  checkNames('startChild', given, ['id', 'this']);
  const { id = `${run.backend.runId}/${key}` } = given;
  checkName('startChild: the id of a run', id);
  const encoded = encodeInput('startChild', definition, args as unknown[], given);
  const input = typeof encoded === 'string' ? encoded : await foreign(run, encoded);
  await promised(classes, (settle) => run.backend.startChild(key, { id, fn: definition.ref, input }, settle));
  const ask = (): Promise<unknown> =>
    promised(findDefinition(definition.id)?.classes, (settle) =>
      run.backend.awaitChild(resultKey(key), id, settle),
    );
  return new ChildRun(id, ask);
}

function childDefinition(fn: unknown, args: unknown): Definition {
  if (typeof fn !== 'function') throw new MisuseError(childNotDurable());
  const definition = compiledDefinition(fn, `The function "${fn.name}"`);
  if (!Array.isArray(args)) {
    throw new MisuseError(childArgumentsNoArray(definition.id));
  }
  return definition;
}

/** No generated id and no name given by hand has a colon at this place (see `handName`). */
const resultKey = (key: string): string => `${key}:result`;

function foreign<T>(run: Run, promise: Promise<T>): Promise<T> {
  run.backend.awaitForeign(promise);
  return promise;
}

function asked(
  { backend }: Run,
  classes: ClassScope | undefined,
  options: unknown,
  what: string,
  names: readonly string[],
  ask: (backend: Backend, timeout: Until | undefined, settle: Settle) => void,
): Promise<unknown> {
  let until: Until | undefined;
  try {
    const given = (options ?? {}) as WaitOptions;
    checkNames(what, given, names);
    const { timeout } = given;
    until = timeout === undefined ? undefined : parseDuration(timeout, `${what}: timeout`);
  } catch (error) {
    return Promise.reject(error);
  }
  return promised(classes, (settle) => ask(backend, until, settle));
}

const promised = (classes: ClassScope | undefined, ask: (settle: Settle) => void): Promise<unknown> =>
  new Promise((resolve, reject) => ask((outcome) => deliver(outcome, classes, resolve, reject)));
