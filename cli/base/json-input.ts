import { readFileSync } from 'node:fs';

/** An argument of the command line can't be used. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * A value that was given as JSON, as `@file`, or as `-` for standard input.
 *
 * @param option what it was given for, for the message
 * @throws InputError with the place of the mistake
 */
export function jsonInput(option: string, given: string): unknown {
  const [name, text] = textOf(option, given);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${option}: ${name} is not JSON. ${mistakeIn(text, error as Error)}`);
  }
}

function textOf(option: string, given: string): readonly [name: string, text: string] {
  if (given === '-') return ['standard input', readText(option, 0)];
  if (given.startsWith('@')) return [given.slice(1), readText(option, given.slice(1))];
  return ['the text', given];
}

function readText(option: string, file: string | 0): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(
      `${option}: ${file === 0 ? 'standard input' : file} can't be read: ${(error as Error).message}`,
    );
  }
}

/** So much of a line is shown on both sides of the mistake. */
const AROUND = 30;

/** What the parser says, with the line and a mark below the place. */
function mistakeIn(text: string, error: Error): string {
  const at = placeOf(text);
  const before = text.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', at);
  const from = Math.max(start, at - AROUND);
  const shown = text.slice(from, Math.min(end === -1 ? text.length : end, at + AROUND));
  const place = `line ${before.split('\n').length}, column ${at - start + 1}`;
  const mark = `${' '.repeat(at - from)}^`;
  return `${saidBy(error)} at ${place}:\n\n  ${shown}\n  ${mark}${hintFor(text)}`;
}

const saidBy = ({ message }: Error): string =>
  message.replace(/ in JSON( at position.*)?$|, ".*" is not valid JSON$/s, '').replace(/ JSON input$/, '');

/** The shell takes quotes away. */
const hintFor = (text: string): string =>
  /^[\w .:-]+$/.test(text.trim())
    ? `\n\nA text is written with quotes inside of quotes: '"${text.trim()}"'.`
    : '';

/** The first character with which the text is no longer the beginning of JSON. The parser names it for few mistakes only. */
function placeOf(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /^Unexpected end|^Unterminated string/.test(message) || Number(position) === text.length;
  }
}
