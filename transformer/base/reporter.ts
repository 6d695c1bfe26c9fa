import type ts from 'typescript';
import { catalogue, type Diagnostic, type DiagnosticName, helpFor } from './diagnostics.ts';

/** Collects the diagnostics of one file. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  private readonly reported = new Set<string>();
  private readonly sourceFile: ts.SourceFile;
  private readonly fileName: string;

  constructor(sourceFile: ts.SourceFile, fileName: string) {
    this.sourceFile = sourceFile;
    this.fileName = fileName;
  }

  /** Reports an entry of the catalogue at a node. `words` fill the holes of its message first, then those of its hint. */
  report(name: DiagnosticName, node: ts.Node, ...words: string[]): void {
    const { code, severity, message, hint } = catalogue[name];
    const start = node.getStart(this.sourceFile);
    // A function that several steps call is checked once for each of them.
    const place = `${code}:${start}`;
    if (this.reported.has(place)) return;
    this.reported.add(place);
    const { line, character } = this.sourceFile.getLineAndCharacterOfPosition(start);
    const rest = [...words];
    const fill = (text: string): string => text.replace(/\{\}/g, () => rest.shift() ?? '');
    this.diagnostics.push({
      code,
      severity,
      message: fill(message),
      hint: fill(hint),
      help: helpFor(code),
      fileName: this.fileName,
      start,
      length: node.getEnd() - start,
      line: line + 1,
      column: character + 1,
    });
  }
}

/** The longest line that a code frame shows, in characters. */
const FRAME = 160;

/** A diagnostic as text: place, message, the source line with the span marked, the hint, and the address of its page. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string): string {
  const { fileName, line, column, severity, code, message, hint, help, length } = diagnostic;
  const whole = source.split(/\r?\n/)[line - 1] ?? '';
  // Of a line that is longer than a screen, only the part around the place is shown.
  const from = whole.length > FRAME ? Math.max(0, column - 1 - FRAME / 2) : 0;
  const text = whole.slice(from, from + FRAME);
  const gutter = String(line);
  const offset = column - 1 - from;
  const marks = '~'.repeat(Math.max(1, Math.min(length, text.length - offset)));
  const indent = text.slice(0, offset).replace(/[^\t]/g, ' ');
  return [
    `${fileName}:${line}:${column} - ${severity} ${code}: ${message}`,
    '',
    `${gutter} | ${text}`,
    `${' '.repeat(gutter.length)} | ${indent}${marks}`,
    '',
    ...(hint === '' ? [] : [hint]),
    ...(help === '' ? [] : [`See ${help}`]),
  ].join('\n');
}
