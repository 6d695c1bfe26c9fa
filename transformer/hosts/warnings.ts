import { basename } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * Warnings on the command line. `tsc` exits with an error for diagnostics of each category and, with `noEmitOnError`, emits
 * nothing, so a warning would stop a build. There warnings are printed instead, in the format of `tsc`. Other tools distinguish
 * warnings, and get them with the other diagnostics.
 */
export function createWarnings(ts: TypeScript, program: ts.Program, isCommandLine = isCompiler()): Warnings {
  if (!isCommandLine) return { take: (diagnostics) => diagnostics };
  const printed = new Set<string>();
  return {
    take: (diagnostics) =>
      diagnostics.filter((diagnostic) => {
        if (diagnostic.category !== ts.DiagnosticCategory.Warning) return true;
        const place = `${diagnostic.file?.fileName}:${diagnostic.start}:${diagnostic.code}`;
        // The compiler may ask for a file more than once.
        if (!printed.has(place)) ts.sys.write(format(ts, program, diagnostic));
        printed.add(place);
        return false;
      }),
  };
}

export interface Warnings {
  /** The diagnostics that are left for the compiler to report. */
  take(diagnostics: readonly ts.Diagnostic[]): readonly ts.Diagnostic[];
}

const isCompiler = (): boolean => /^_?tsp?c(\.[cm]?js)?$/.test(basename(process.argv[1] ?? ''));

function format(ts: TypeScript, program: ts.Program, diagnostic: ts.Diagnostic): string {
  const host: ts.FormatDiagnosticsHost = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => program.getCurrentDirectory(),
    getNewLine: () => ts.sys.newLine,
  };
  const pretty = program.getCompilerOptions().pretty ?? ts.sys.writeOutputIsTTY?.() ?? false;
  if (pretty) return ts.formatDiagnosticsWithColorAndContext([diagnostic], host) + ts.sys.newLine;
  return ts.formatDiagnostic(diagnostic, host);
}
