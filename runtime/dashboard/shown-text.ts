import { inspect } from 'node:util';
import { plainJson } from '../http/plain-json.ts';
import { readable } from '../inspect/readable.ts';
import { type Mask, type MaskPlace, noMask } from '../observe/masking.ts';
import type { RunRecord } from '../stores/store.ts';
import { decode, decodeError } from '../values/codec.ts';
import type { RunItem, ShownValue } from './api.ts';

/** Characters that are sent unless the whole text was asked for. */
const MOST = 20_000;
/** Of an error in a line. */
const MOST_OF_LINE = 300;
/** Longer texts of the journal are not decoded: that would keep the process from its runs. */
const LARGEST = 10_000_000;
/** In the place of what can't be decoded, and so not be masked. */
const HIDDEN = '[masked]';

/** What a recorded text is, and where it is from. */
export type ShownPlace = Pick<MaskPlace, 'kind' | 'key'>;

/** The values and errors of one run as text for people, masked as its runtime says. */
export class ShownTexts {
  readonly #mask: Mask;
  readonly #runId: string;
  readonly #fn: string;

  constructor(mask: Mask, { id, fn }: Pick<RunRecord, 'id' | 'fn'>) {
    this.#mask = mask;
    this.#runId = id;
    this.#fn = fn;
  }

  /** A value of the journal: JSON where it has one. */
  value(title: string, encoded: string, place: ShownPlace, whole: boolean): ShownValue {
    const text = this.#text(encoded, () => textOfValue(this.#shown(decoded(encoded), place)));
    return { title, ...cutOff(text, whole) };
  }

  /** An error of the journal, with its stack and its causes. */
  error(title: string, encoded: string, place: ShownPlace, whole: boolean): ShownValue {
    const text = this.#text(encoded, () => inspected(this.#shown(decodeError(encoded), place)));
    return { title, ...cutOff(text, whole), isError: true };
  }

  /** The name and the message of an error, in one line. */
  errorLine(encoded: string, key: string | undefined): string {
    let error: unknown;
    try {
      error = decodeError(encoded);
    } catch {
      return 'an error that this process has no class for';
    }
    const shown = this.#shown(error, { kind: 'error', ...(key !== undefined && { key }) });
    const text = shown instanceof Error ? `${shown.name}: ${shown.message}` : textOfValue(shown);
    return text.length > MOST_OF_LINE ? `${text.slice(0, MOST_OF_LINE)}…` : text;
  }

  attributes(attributes: RunRecord['attributes']): RunItem['attributes'] {
    const shown = this.#shown(attributes, { kind: 'attributes' });
    if (typeof shown !== 'object' || shown === null) return { attributes: String(shown) };
    return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, attributeOf(value)]));
  }

  #shown(value: unknown, place: ShownPlace): unknown {
    return this.#mask(value, { ...place, runId: this.#runId, fn: this.#fn });
  }

  /** Where nothing is masked, the text of the journal says more than none. */
  #text(encoded: string, text: () => string): string {
    const otherwise = this.#mask === noMask ? encoded : HIDDEN;
    if (encoded.length > LARGEST) return otherwise;
    try {
      return text();
    } catch {
      return otherwise;
    }
  }
}

/** As a mask expects it: with the classes of the program, where this process has them. */
function decoded(encoded: string): unknown {
  try {
    return decode(encoded);
  } catch {
    return readable(encoded);
  }
}

const cutOff = (text: string, whole: boolean): Pick<ShownValue, 'text' | 'length'> =>
  whole || text.length <= MOST ? { text } : { text: text.slice(0, MOST), length: text.length };

function textOfValue(value: unknown): string {
  if (value === undefined) return 'undefined';
  try {
    return JSON.stringify(plainJson(value), null, 2) ?? inspected(value);
  } catch {
    // A cycle, a Response, a toJSON that throws.
    return inspected(value);
  }
}

function attributeOf(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date ? value.toISOString() : inspected(value);
}

const inspected = (value: unknown): string =>
  inspect(value, { depth: 20, maxArrayLength: 1_000, maxStringLength: 100_000, breakLength: 100 });
