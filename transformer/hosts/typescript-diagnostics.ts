import type ts from 'typescript';
import type { Diagnostic } from '../base/diagnostics.ts';
import type { TypeScript } from '../base/typescript.ts';

/** Codes are shown as `TS` and a number. */
const OFFSET = 990_000;

/** The number that TypeScript shows for one of our codes: 991001 for `UD1001`. */
export const numberOf = (code: string): number => OFFSET + Number(code.slice(2));

/** The code behind such a number; undefined for those of TypeScript itself. */
export const codeOf = (number: number): string | undefined =>
  number > OFFSET && number < OFFSET + 10_000 ? `UD${number - OFFSET}` : undefined;

/** A diagnostic as TypeScript has them. The text starts with our own code. */
export function toTypeScript(ts: TypeScript, diagnostic: Diagnostic, file: ts.SourceFile): ts.Diagnostic {
  const category = {
    error: ts.DiagnosticCategory.Error,
    warning: ts.DiagnosticCategory.Warning,
    info: ts.DiagnosticCategory.Message,
  }[diagnostic.severity];
  return {
    file,
    start: diagnostic.start,
    length: diagnostic.length,
    category,
    code: numberOf(diagnostic.code),
    source: 'use-durable',
    messageText: `${diagnostic.code}: ${diagnostic.message} ${diagnostic.hint}`,
  };
}
