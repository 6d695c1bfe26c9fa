import { basename } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * Warnings on the command line. `tsc` ends with an error for a diagnostic of any category and, with `noEmitOnError`,
 * emits nothing, so that a warning would stop a build. There they are printed instead, as `tsc` would print them. Other
 * tools know what a warning is and get it as they get all diagnostics.
 */
export function createWarnings(ts: TypeScript, program: ts.Program): Warnings {
  if (!isCommandLine()) return { take: (diagnostics) => diagnostics };
  const printed = new Set<string>();
  return {
    take: (diagnostics) =>
      diagnostics.filter((diagnostic) => {
        if (diagnostic.category !== ts.DiagnosticCategory.Warning) return true;
        const place = `${diagnostic.file?.fileName}:${diagnostic.start}:${diagnostic.code}`;
        // A file is asked about more than once.
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

const isCommandLine = (): boolean => /^_?tsp?c(\.[cm]?js)?$/.test(basename(process.argv[1] ?? ''));

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
