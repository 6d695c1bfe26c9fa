/**
 * Warnings about errors that lose a part in the journal, once for each class. The loss is immediate, and not only after a
 * restart, since a step always returns or throws the value from the journal.
 */
import type { WarningCode } from '../base/codes.ts';
import {
  classDiffers,
  classUnknown,
  errorHasPrivateMembers,
  errorPartsLost,
  instanceHasPrivateMembers,
} from '../base/messages/warnings.ts';
import { isNews } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';
import { type ClassEntry, type ClassScope, classesThatTest, findByInstance, isNative } from './classes.ts';
import type { Loss } from './error-losses.ts';
import { baseOf, isError, isOurs } from './errors.ts';
import { classPrototypeOf, privateUses } from './private-members.ts';

/** So many parts are named; `roundTrip` shows them all. */
const MAX_SHOWN = 6;

let quiet = 0;

/** Emits no warnings for what `work` writes: its caller shows the losses. */
export async function quietly<T>(work: () => Promise<T>): Promise<T> {
  quiet++;
  try {
    return await work();
  } finally {
    quiet--;
  }
}

function warn(subject: string, code: WarningCode, text: string): void {
  if (quiet > 0) return;
  if (isNews(`${code} ${subject}`)) emitWarning(code, text);
}

/**
 * @param losses the parts that were left out
 * @param decoded returns the error as it will be caught; undefined if it isn't known yet
 */
export function warnOfError(
  error: object,
  losses: readonly Loss[],
  classes: ClassScope | undefined,
  decoded: () => unknown,
): void {
  const entry = findByInstance(error, classes);
  const name = classNameOf(error);
  warnOfErrorLosses(name, losses);
  // What Node throws itself says what it is by its `code`.
  if (!isError(error) || isOurs(error) || isNode(error)) return;
  if (quiet > 0 || !isNews(`checked ${name}`)) return;
  const copy = decoded();
  const tests = copy === undefined ? [] : classesThatTest(classes);
  const differing = tests.find((cls) => isOf(error, cls) !== isOf(copy, cls));
  if (differing !== undefined) {
    warn(
      name,
      'USE_DURABLE_ERROR_CLASS',
      classDiffers(name, differing.name, isOf(error, differing), isOf(copy, differing)),
    );
  } else if (!tests.some((cls) => cls.name === name && isOf(error, cls)))
    warnOfUnknownClass(error, name, entry);
  warnOfPrivateMembers(name, entry);
}

/** @param name of the class of the error; undefined for errors in a value that a step returned */
export function warnOfErrorLosses(name: string | undefined, losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  const shown = (fate: Loss['fate']): string => {
    const all = losses.filter((loss) => loss.fate === fate);
    const few = all.slice(0, MAX_SHOWN).map(({ path, what }) => `error${path} (${what})`);
    return few.join(', ') + (all.length > few.length ? ` and ${all.length - few.length} more` : '');
  };
  const out = shown('left out');
  const data = shown('data only');
  warn(
    name ?? losses.map(({ path }) => path).join(),
    'USE_DURABLE_ERROR_PARTS',
    errorPartsLost(name, out, data),
  );
}

function warnOfUnknownClass(error: Error, name: string, entry: ClassEntry | undefined): void {
  if (name === '' || entry?.prototype === classPrototypeOf(error)) return;
  warn(name, 'USE_DURABLE_ERROR_CLASS', classUnknown(name, entry?.id ?? baseOf(error)));
}

/** Of a class that comes back as itself, but without what only the class can reach. */
function warnOfPrivateMembers(name: string, entry: ClassEntry | undefined): void {
  if (entry === undefined || entry.encode !== undefined) return;
  const uses = privateUses(entry.prototype);
  if (uses.length > 0) warn(name, 'USE_DURABLE_ERROR_PRIVATE', errorHasPrivateMembers(name, uses));
}

/** The same of an instance of a registered class. */
export function warnOfInstance(instance: object, { prototype }: ClassEntry): void {
  const name = classNameOf(instance);
  const uses = privateUses(prototype);
  if (uses.length > 0) warn(name, 'USE_DURABLE_PRIVATE', instanceHasPrivateMembers(name, uses));
}

function isOf(value: unknown, cls: { [Symbol.hasInstance](value: unknown): boolean }): boolean {
  try {
    return Boolean(cls[Symbol.hasInstance](value));
  } catch {
    return false;
  }
}

function classNameOf(value: object): string {
  const cls: unknown = Reflect.get(value, 'constructor');
  return typeof cls === 'function' ? cls.name : '';
}

function isNode(error: Error): boolean {
  const cls: unknown = error.constructor;
  return (
    error instanceof DOMException || typeof cls !== 'function' || cls.name === 'NodeError' || isNative(cls)
  );
}
