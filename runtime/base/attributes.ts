/** Attributes of runs: what they may be, and how events and stores keep them. */

import { LimitError, MisuseError } from './errors.ts';
import {
  attributeNameInvalid,
  attributesNoObject,
  attributeTextInvalid,
  attributeTextTooLong,
  attributeValueInvalid,
  tooManyAttributes,
} from './messages/attributes.ts';
import { LONE_SURROGATE } from './name-checks.ts';

/** A moment is kept to the millisecond. */
export type AttributeValue = string | number | boolean | Date;

/** The attributes of a run, by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Changes of attributes: `null` removes one, `undefined` leaves it as it is. */
export type AttributeChanges = Readonly<Record<string, AttributeValue | null | undefined>>;

/** An attribute as events and stores keep it; a moment in ms since the epoch. */
export type StoredAttribute = string | number | boolean | { readonly time: number };

/** Changes by name; null removes one. */
export type AttributeEdits = Readonly<Record<string, StoredAttribute | null>>;

export type StoredAttributes = Readonly<Record<string, StoredAttribute>>;

/** Of one run. */
const MOST_ATTRIBUTES = 32;
/** Characters of a text: values are part of an index. */
const LONGEST_TEXT = 500;

/** Short, and without characters that a URL or a command would have to escape. */
const NAME = /^[A-Za-z][\w.-]{0,63}$/;

/**
 * @param where names the function in messages
 * @returns null for one that is to be removed
 * @throws MisuseError, LimitError naming the attribute
 */
export function checkChanges(where: string, changes: AttributeChanges): AttributeEdits {
  const checked: Record<string, StoredAttribute | null> = {};
  for (const [name, value] of entriesOf(where, changes))
    if (value !== undefined) checked[name] = value === null ? null : stored(where, name, value);
  return checked;
}

/**
 * The attributes of a new run, or those that runs are looked for by. `undefined` is none.
 *
 * @throws MisuseError, LimitError naming the attribute
 */
export function checkAttributes(where: string, attributes: AttributeChanges): StoredAttributes {
  const checked: Record<string, StoredAttribute> = {};
  for (const [name, value] of entriesOf(where, attributes))
    if (value !== undefined) checked[name] = stored(where, name, value);
  checkCount(where, Object.keys(checked).length);
  return checked;
}

/** @throws LimitError for more than a run may have */
export function checkCount(where: string, count: number): void {
  if (count > MOST_ATTRIBUTES) throw new LimitError(tooManyAttributes(where, count, MOST_ATTRIBUTES));
}

function entriesOf(where: string, given: unknown): readonly [string, unknown][] {
  const prototype: unknown =
    typeof given === 'object' && given !== null ? Object.getPrototypeOf(given) : undefined;
  // An array, a Map or a Date has no attributes, or others than are meant.
  if (prototype !== null && (prototype === undefined || Object.getPrototypeOf(prototype) !== null))
    throw new MisuseError(attributesNoObject(where));
  const entries = Object.entries(given as object);
  for (const [name] of entries)
    if (!NAME.test(name)) throw new MisuseError(attributeNameInvalid(where, name));
  return entries;
}

function stored(where: string, name: string, value: unknown): StoredAttribute {
  if (typeof value === 'string') {
    if (value.length > LONGEST_TEXT)
      throw new LimitError(attributeTextTooLong(where, name, value.length, LONGEST_TEXT));
    if (LONE_SURROGATE.test(value) || value.includes('\0'))
      throw new MisuseError(attributeTextInvalid(where, name));
    return value;
  }
  // -0 and 0 are one number, and are to be found as one.
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value === 'boolean') return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { time: value.getTime() };
  throw new MisuseError(attributeValueInvalid(where, name));
}

/** The text of one value, another for each other value: stores look for it. */
export const attributeText = (value: StoredAttribute): string => JSON.stringify(value);

export const attributeFrom = (text: string): StoredAttribute => JSON.parse(text) as StoredAttribute;

const shownAttribute = (value: StoredAttribute): AttributeValue =>
  typeof value === 'object' ? new Date(value.time) : value;

export const storedAttributes = (attributes: Attributes): StoredAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      value instanceof Date ? { time: value.getTime() } : value,
    ]),
  );

/** As people see them. */
export const shownAttributes = (attributes: StoredAttributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, shownAttribute(value)]));
