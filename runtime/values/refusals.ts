/** Errors and warnings about values that can't be written to the journal. */

import { SerializationError } from '../base/errors.ts';
import {
  A_FUNCTION,
  A_NAMELESS_OBJECT,
  A_SYMBOL,
  awaitFirst,
  plainData,
  plainDataOrClass,
  theClass,
  theMethodsOf,
  threwWhenRead,
  tooDeep,
  tooLargeForText,
  valueRefused,
} from '../base/messages/values.ts';
import { partsLeftOut } from '../base/messages/warnings.ts';
import { isNews } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';

/** "a Socket", "an Order", "a function": what a value is, for people. */
export function describe(value: unknown): string {
  if (typeof value === 'symbol') return A_SYMBOL;
  if (typeof value === 'function') return isClass(value) ? theClass(value.name) : A_FUNCTION;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = classNameOf(value);
  return name === '' ? A_NAMELESS_OBJECT : `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** The advice for a value that the codec knows nothing special about. */
export function advise(value: unknown, root: string): string {
  const verb = root === 'result' ? 'Return' : root === 'error' ? 'Throw' : 'Pass';
  if (typeof value !== 'object' || value === null) return plainData(verb);
  return isThenable(value) ? awaitFirst() : plainDataOrClass(verb);
}

/**
 * @param what e.g. `result of step "charge"`; its first word is the root of the path
 * @param path below the root, e.g. `.user.socket`
 * @param fault follows the path, e.g. `is a Socket. Return plain data.`
 */
export function refuse(what: string, path: string, fault: string, cause?: unknown): SerializationError {
  const full = rootOf(what) + path;
  return new SerializationError(
    valueRefused(what, full, fault),
    full,
    cause === undefined ? undefined : { cause },
  );
}

/** For an error that was thrown while a value was read: by a getter, a proxy, an `encode`. */
export function refuseThrown(what: string, error: unknown): SerializationError {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return refuseDepth(what, error);
  }
  if (isTooLarge(error)) {
    return refuse(what, '', tooLargeForText(), error);
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
  return refuse(what, '', threwWhenRead(said), error);
}

export const refuseDepth = (what: string, cause?: unknown): SerializationError =>
  refuse(what, '', tooDeep(), cause);

/** Its text would be longer than a string can be, or than the memory that is left. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG' ||
    (error instanceof RangeError &&
      /string length|array length|array buffer allocation|typed array length/i.test(error.message)));

/** At most this many of the parts that were left out are named. */
const MAX_NAMED = 8;

/** Warns of what a result has lost, once for each kind of loss. */
export function warnOfLoss(
  what: string,
  loss: { readonly lost: readonly string[]; readonly classes: ReadonlySet<string> },
): void {
  const paths = [...new Set(loss.lost.map((path) => path.replaceAll(/\[\d+\]/g, '[]')))];
  const methods = [...loss.classes].map(theMethodsOf);
  const named = [...methods, ...paths];
  const text = named.join(', ');
  if (named.length === 0 || !isNews(`left out: ${text}`)) return;
  const more = named.length - MAX_NAMED;
  const shown = more > 0 ? `${named.slice(0, MAX_NAMED).join(', ')} and ${more} more` : text;
  emitWarning('USE_DURABLE_LEFT_OUT', partsLeftOut(what, shown));
}

export const rootOf = (what: string): string => /^\S*/.exec(what)![0];

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value));

function classNameOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : '';
}

/** Reading `then` may call a getter. If it throws, the refusal must not be hidden. */
function isThenable(value: object): boolean {
  try {
    return typeof Reflect.get(value, 'then') === 'function';
  } catch {
    return false;
  }
}
