import { inspect } from 'node:util';
import { plainJson } from '../http/plain-json.ts';
import { decode, decodeError } from '../values/codec.ts';
import type { ShownValue } from './api.ts';

/** Characters that are sent unless the whole text was asked for. */
const MOST = 20_000;
/** Longer ones are sent as they are in the journal: to make something of them would keep the process from its runs. */
const LARGEST = 10_000_000;

/** A value of the journal as text for people: JSON where it has one. */
export function shownValue(title: string, encoded: string, whole: boolean): ShownValue {
  return { title, ...cutOff(valueText(encoded), whole) };
}

/** An error of the journal, with its stack and its causes. */
export function shownError(title: string, encoded: string, whole: boolean): ShownValue {
  return { title, ...cutOff(errorText(encoded), whole), isError: true };
}

/** Its name and its message, in one line. */
export function errorLine(encoded: string): string {
  let error: unknown;
  try {
    error = decodeError(encoded);
  } catch {
    return 'an error that this process has no class for';
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : textOfValue(error);
  return text.length > MOST_OF_LINE ? `${text.slice(0, MOST_OF_LINE)}…` : text;
}

const MOST_OF_LINE = 300;

const cutOff = (text: string, whole: boolean): Pick<ShownValue, 'text' | 'length'> =>
  whole || text.length <= MOST ? { text } : { text: text.slice(0, MOST), length: text.length };

function valueText(encoded: string): string {
  if (encoded.length > LARGEST) return encoded;
  try {
    return textOfValue(decode(encoded));
  } catch {
    // Its classes are not registered in this process.
    return encoded;
  }
}

function textOfValue(value: unknown): string {
  if (value === undefined) return 'undefined';
  try {
    return JSON.stringify(plainJson(value), null, 2) ?? inspected(value);
  } catch {
    // A cycle, a Response, a toJSON that throws.
    return inspected(value);
  }
}

function errorText(encoded: string): string {
  if (encoded.length > LARGEST) return encoded;
  try {
    return inspected(decodeError(encoded));
  } catch {
    return encoded;
  }
}

const inspected = (value: unknown): string =>
  inspect(value, { depth: 20, maxArrayLength: 1_000, maxStringLength: 100_000, breakLength: 100 });
