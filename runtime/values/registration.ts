/**
 * Which class a registration is about: what the class is called in the source, and whether another class under the same id
 * is the same one, of a module that was evaluated again.
 */

import { MisuseError } from '../base/errors.ts';
import { classNameFromMinifier } from '../base/messages/values.ts';
import { state } from '../base/process-state.ts';
import type { AnyClass } from './any-class.ts';

/** What the compiler knows of a registered class. */
export interface ClassSource {
  /** Its name where it is declared. */
  readonly name: string;
  /** The file and what the class is called there: `billing/src/refund.ts#Refund`; no other class has it. */
  readonly place: string;
}

/** Where a class was registered. */
export interface Registration {
  /** `ClassSource.place`, or file, line and column of the call. */
  readonly place: string;
  /** Of a call that wasn't compiled. */
  readonly call?: { readonly file: string; readonly classText: string; readonly turn: object };
}

/** @param caller the function whose caller registers the class */
export function registrationOf(
  cls: AnyClass,
  source: ClassSource | undefined,
  // biome-ignore lint/complexity/noBannedTypes: what `captureStackTrace` takes
  caller: Function,
): Registration {
  if (source !== undefined) return { place: source.place };
  const place = placeOfCall(caller);
  const file = place.replace(/:\d+:\d+$/, '');
  return { place, call: { file, classText: textOf(cls), turn: currentTurn() } };
}

/** Whether the class of these registrations and that of another one are one class, of a module that was evaluated again. */
export const isReload = (known: readonly Registration[], next: Registration): boolean =>
  known.some((one) => isAgain(one, next));

/**
 * What the compiler has seen is known for sure. Else the class has to be registered in the same file, and be the same text; or
 * by the same call, later on.
 */
function isAgain(known: Registration, next: Registration): boolean {
  if (known.call === undefined || next.call === undefined) return known.place === next.place;
  if (known.call.file !== next.call.file || next.call.file === UNKNOWN) return false;
  if (known.call.classText === next.call.classText) return true;
  return known.place === next.place && known.call.turn !== next.call.turn;
}

/**
 * The default id of a class in a file that wasn't compiled.
 *
 * @throws MisuseError if a minifier seems to have named the class: in another build the name may be that of another class
 */
export function nameAtRunTime(cls: AnyClass): string {
  if (typeof cls !== 'function' || !isMinified(cls)) return cls?.name;
  throw new MisuseError(classNameFromMinifier(cls.name));
}

/** Names of two letters are made by minifiers, and names of three if the spaces are gone too. */
export function isMinified(cls: AnyClass): boolean {
  const { name } = cls;
  if (name.length === 0 || name.length > 3) return false;
  return name.length < 3 || /^class(?: [\w$]+)?(?: extends [^{\s]+)?\{/.test(textOf(cls));
}

const textOf = (cls: AnyClass): string =>
  typeof cls === 'function' ? Function.prototype.toString.call(cls) : '';

const UNKNOWN = 'an unknown place';

// biome-ignore lint/complexity/noBannedTypes: what `captureStackTrace` takes
function placeOfCall(caller: Function): string {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, caller);
  Error.stackTraceLimit = stackTraceLimit;
  const found = /\bat (?:.*? \()?(.+?)(?:[?#][^:]*)?(:\d+:\d+)\)?$/m.exec(String(holder.stack));
  return found === null ? UNKNOWN : `${found[1]!.replace(/^file:\/\//, '')}${found[2]!}`;
}

/** The same object until the running code returns to the event loop. A module can't be evaluated again before that. */
function currentTurn(): object {
  if (state.turn === undefined) {
    state.turn = {};
    queueMicrotask(() => {
      state.turn = undefined;
    });
  }
  return state.turn;
}
