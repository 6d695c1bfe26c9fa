/** What is printed: width, colours, questions. */
import { createInterface } from 'node:readline/promises';
// A namespace, since Node 20 has no `styleText` in it; see require-node.ts.
import * as util from 'node:util';

export type Style = Parameters<typeof util.styleText>[0];

/** Coloured on a terminal only, and not with `NO_COLOR`. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  util.styleText(style, text, { stream });

/** Where no terminal says its width. */
const WIDTH = 80;
/** Longer lines are hard to read. */
const WIDEST = 100;

/** In a pipe, the variable `COLUMNS` says it. */
function columnsGiven(): number | undefined {
  const { COLUMNS = '' } = process.env;
  return process.stdout.columns ?? (/^[1-9]\d*$/.test(COLUMNS) ? Number(COLUMNS) : undefined);
}

export const widthOf = (columns = columnsGiven()): number => Math.min(columns ?? WIDTH, WIDEST);

/** As many as there are, for drawings. */
export const columnsOf = (): number => columnsGiven() ?? WIDEST;

/** Of lists, whose lines are cut off on a terminal. What is piped is not cut: it may be searched. */
export const lineWidth = (): number =>
  process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;

/** Breaks a text between words. A word that is longer than a line stays whole: it may be a path to click on. */
export function wrap(text: string, indent: number, width: number = widthOf()): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines.map((one) => ' '.repeat(indent) + one).join('\n');
}

export const plural = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY;

/** A question was answered with Ctrl+C or Ctrl+D. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/**
 * Asks on the terminal; the default is no.
 *
 * @throws StoppedError if the answer is Ctrl+C or Ctrl+D
 */
export async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} (y/N) `)).trim());
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    throw new StoppedError('Stopped. What was agreed to before is written.');
  } finally {
    lines.close();
  }
}
