/**
 * What is told of errors that come back as something less than they were, once for each class. They do so at once, since
 * a step gives what the journal holds, and not only after a restart.
 */
import { isNews } from '../base/process-state.ts';
import { type ClassEntry, type ClassScope, classesThatTest, findByInstance, isNative } from './classes.ts';
import type { Loss } from './error-parts.ts';
import { baseOf, isError, isOurs } from './errors.ts';
import { classPrototypeOf, privateUses } from './private-members.ts';

/** So many parts are named; `roundTrip` shows them all. */
const MAX_SHOWN = 6;

let quiet = 0;

/** Nothing is told of what this writes: whoever asks for it sees what is lost. */
export async function quietly<T>(work: () => Promise<T>): Promise<T> {
  quiet++;
  try {
    return await work();
  } finally {
    quiet--;
  }
}

function tell(subject: string, code: string, text: string): void {
  if (quiet > 0) return;
  if (isNews(`${code} ${subject}`)) process.emitWarning(text, { code });
}

/**
 * @param losses what was left out of it
 * @param decoded gives what will be caught; undefined if it isn't known yet
 */
export function tellOfError(
  error: object,
  losses: readonly Loss[],
  classes: ClassScope | undefined,
  decoded: () => unknown,
): void {
  const entry = findByInstance(error, classes);
  const name = classNameOf(error);
  tellOfLosses(name, losses);
  // What Node throws itself says what it is by its `code`.
  if (!isError(error) || isOurs(error) || isNode(error)) return;
  if (quiet > 0 || !isNews(`checked ${name}`)) return;
  const copy = decoded();
  const tests = copy === undefined ? [] : classesThatTest(classes);
  const differing = tests.find((cls) => isOf(error, cls) !== isOf(copy, cls));
  if (differing !== undefined) {
    tell(
      name,
      'USE_DURABLE_ERROR_CLASS',
      `A step threw ${named(name)}, for which \`instanceof ${differing.name}\` is ${isOf(error, differing)}, and ` +
        `${isOf(copy, differing)} once it comes out of the journal. Give the class an encode and a decode: ` +
        `registerClass(${name}, { encode, decode }).`,
    );
  } else if (!tests.some((cls) => cls.name === name && isOf(error, cls)))
    tellOfUnknownClass(error, name, entry);
  tellOfPrivateMembers(name, entry);
}

/** @param name of the class of the error; undefined for errors in a value that a step returned */
export function tellOfLosses(name: string | undefined, losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  const shown = (fate: Loss['fate']): string => {
    const all = losses.filter((loss) => loss.fate === fate);
    const few = all.slice(0, MAX_SHOWN).map(({ path, what }) => `error${path} (${what})`);
    return few.join(', ') + (all.length > few.length ? ` and ${all.length - few.length} more` : '');
  };
  const out = shown('left out');
  const data = shown('data only');
  tell(
    name ?? losses.map(({ path }) => path).join(),
    'USE_DURABLE_ERROR_PARTS',
    `${name === undefined ? 'A step returned an error that' : `A step threw ${named(name)} that`} the journal can't hold all of.` +
      (out === '' ? '' : ` Left out: ${out}.`) +
      (data === '' ? '' : ` Without methods, as plain data: ${data}.`) +
      ' roundTrip() of use-durable/testing shows what is caught; registerClass() makes a class known.',
  );
}

function tellOfUnknownClass(error: Error, name: string, entry: ClassEntry | undefined): void {
  if (name === '' || entry?.prototype === classPrototypeOf(error)) return;
  tell(
    name,
    'USE_DURABLE_ERROR_CLASS',
    `A step threw ${named(name)}, a class that no durable function names, so it is caught as ${entry?.id ?? baseOf(error)}: ` +
      `\`instanceof ${name}\` is false. Name it in the module of a durable function, or call registerClass(${name}).`,
  );
}

/** Of a class that comes back as itself, but without what only the class can reach. */
function tellOfPrivateMembers(name: string, entry: ClassEntry | undefined): void {
  if (entry === undefined || entry.encode !== undefined) return;
  tellOfPrivate(name, entry.prototype, `A step threw ${named(name)}`, 'USE_DURABLE_ERROR_PRIVATE', 'caught');
}

/** The same of an instance of a registered class. */
export const tellOfInstance = (instance: object, { prototype }: ClassEntry): void =>
  tellOfPrivate(
    classNameOf(instance),
    prototype,
    `The journal was given ${named(classNameOf(instance))}`,
    'USE_DURABLE_PRIVATE',
    'read from it',
  );

function tellOfPrivate(name: string, prototype: object, what: string, code: string, where: string): void {
  const uses = privateUses(prototype);
  if (uses.length === 0) return;
  tell(
    name,
    code,
    `${what}, whose private members can't be written to the journal: ${uses.join(', ')} ` +
      `${uses.length === 1 ? 'needs' : 'need'} them and will not work on what is ${where}. Give the class ` +
      `[Symbol.for('use-durable.encode')]() and static [Symbol.for('use-durable.decode')](data).`,
  );
}

const named = (name: string): string => `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;

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
