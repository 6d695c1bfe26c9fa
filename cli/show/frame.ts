import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutOff } from '../../runtime/tools/look.ts';
import { lineWidth, styled } from '../base/terminal.ts';
import { errorLine, printable } from '../runs/printable.ts';
import { linesOf } from '../runs/source-line.ts';

/** Lines around the one at which an error was made. */
const AROUND = 2;

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What was thrown, with its causes, and the lines of the project at which it was made. */
export function errorLines(error: unknown): readonly string[] {
  const lines: string[] = [];
  let inner: unknown = error;
  for (let level = 0; level < 5; level++) {
    const text = printable(errorLine(inner));
    lines.push(styled('red', level === 0 ? text : `caused by ${text}`));
    const frame = frameOf(inner);
    if (frame !== undefined) lines.push(...sourceOf(frame));
    if (!(inner instanceof Error) || inner.cause === undefined || inner.cause === inner) break;
    inner = inner.cause;
  }
  return lines;
}

/** The first place of a stack that is a file of this folder. */
function frameOf(error: unknown): Frame | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  for (const [, path = '', line, column] of error.stack.matchAll(
    /(?:\(|at )((?:file:\/\/|\/|[A-Za-z]:\\)[^()\n]+?):(\d+):(\d+)\)?$/gm,
  )) {
    const file = relative(process.cwd(), pathOf(path));
    if (!file.includes('node_modules') && linesOf(file) !== undefined)
      return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

function pathOf(path: string): string {
  if (!path.startsWith('file://')) return path;
  try {
    return fileURLToPath(path);
  } catch {
    return path;
  }
}

function sourceOf({ file, line, column }: Frame): readonly string[] {
  const lines = linesOf(file) ?? [];
  const from = Math.max(line - 1 - AROUND, 0);
  const shown = lines.slice(from, line + AROUND);
  const gutter = String(from + shown.length).length;
  const room = lineWidth() - gutter - 7;
  return [
    `  ${styled('cyan', `${printable(file)}:${line}:${column}`)}`,
    ...shown.flatMap((text, index) => {
      const number = from + index + 1;
      const isHere = number === line;
      const head = `  ${isHere ? styled('red', '>') : ' '} ${styled('dim', `${String(number).padStart(gutter)} |`)} `;
      const mark = `    ${' '.repeat(gutter)} ${styled('dim', '|')} ${' '.repeat(Math.max(column - 1, 0))}${styled('red', '^')}`;
      const code = cutOff(printable(text), room);
      return isHere ? [head + code, ...(column <= room ? [mark] : [])] : [head + code];
    }),
  ];
}
