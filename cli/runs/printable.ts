/** What a run wrote, as text for a terminal. */
import { inspect } from 'node:util';
import { readable } from '../../runtime/tools/look.ts';

/** Without control characters: a run, its ids and errors must not steer the terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant.
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) =>
    character === '\r' ? '' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** Of one line, for a value that may be large. */
const BRIEF = { depth: 3, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10, maxStringLength: 300 };
const WHOLE = {
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: null,
  maxStringLength: null,
  breakLength: 80,
};

/** A recorded value on one line; the parts of a large one are left out. */
export function briefValue(text: string): string {
  const value = decoded(text);
  const shown = value instanceof Error ? errorLine(value) : inspect(value, BRIEF);
  return printable(shown).replace(/\s*\n\s*/g, ' ');
}

/** A recorded value as a whole, over several lines. */
export const wholeValue = (text: string): string => printable(inspect(decoded(text), WHOLE));

/** What was thrown, without its stack. */
export const errorLine = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : inspect(error, BRIEF);

/** What was thrown. */
export const decoded = (text: string): unknown => {
  try {
    return readable(text);
  } catch {
    // A class that reads itself from other data, or damage: better as it is written than not at all.
    return text;
  }
};
