/** A build by TypeScript 6: what `tspc` does, and `tspc -b` where there are references. */
import type ts from 'typescript';
import { PatchedProgram } from '../../transformer/hosts/patched-program.ts';
import type { TypeScript } from '../base/typescript.ts';

type Builder = ts.EmitAndSemanticDiagnosticsBuilderProgram;

/** What the compiler's own command line uses; it is not in its declarations. */
interface CommandLine {
  emitFilesAndReportErrorsAndGetExitStatus(
    program: Builder,
    report: ts.DiagnosticReporter,
    write: (text: string) => void,
  ): ts.ExitStatus;
}

interface OldProgram {
  getProgramOrUndefined(): ts.Program | undefined;
}

/** Diagnostics of a configuration that is of another version than the compiler. */
const isOfConfiguration = ({ code }: ts.Diagnostic): boolean => code === 5023 || code === 6046;

/**
 * @param file the configuration, absolute
 * @param isOwn whether the version is the one that the configuration was written for
 * @returns whether there are no errors
 */
export function buildWith6(ts: TypeScript, file: string, isOwn: boolean): boolean {
  const { sys } = ts;
  const report = reporter(ts);
  const host = ts.createSolutionBuilderHost(
    sys,
    (rootNames, options, compilerHost, oldProgram, faults, references) =>
      patched(ts, { rootNames, options, compilerHost, oldProgram, faults, references }),
    report,
  );
  const read = (path: string): ts.ParsedCommandLine | undefined => {
    const line = ts.getParsedCommandLineOfConfigFile(path, undefined, {
      ...sys,
      onUnRecoverableConfigFileDiagnostic: report,
    });
    if (isOwn || line === undefined) return line;
    return { ...line, errors: line.errors.filter((fault) => !isOfConfiguration(fault)) };
  };
  const line = read(file);
  if (line === undefined) return false;
  if ((line.projectReferences ?? []).length > 0) {
    host.getParsedCommandLine = read;
    return ts.createSolutionBuilder(host, [file], {}).build() === ts.ExitStatus.Success;
  }
  const { fileNames, options } = line;
  const program = ts.createIncrementalProgram<Builder>({
    rootNames: fileNames,
    options,
    configFileParsingDiagnostics: ts.getConfigFileParsingDiagnostics(line),
    createProgram: (rootNames, known, compilerHost, oldProgram, faults, references) =>
      patched(ts, { rootNames, options: known, compilerHost, oldProgram, faults, references }),
  });
  const { emitFilesAndReportErrorsAndGetExitStatus: emit } = ts as unknown as CommandLine;
  return emit(program, report, (text) => sys.write(text + sys.newLine)) === ts.ExitStatus.Success;
}

interface Given {
  readonly rootNames: readonly string[] | undefined;
  readonly options: ts.CompilerOptions | undefined;
  readonly compilerHost: ts.CompilerHost | undefined;
  readonly oldProgram: Builder | undefined;
  readonly faults: readonly ts.Diagnostic[] | undefined;
  readonly references: readonly ts.ProjectReference[] | undefined;
}

function patched(ts: TypeScript, given: Given): Builder {
  const { rootNames = [], options = {}, compilerHost, oldProgram, faults = [], references } = given;
  const host = compilerHost ?? ts.createIncrementalCompilerHost(options);
  const before = (oldProgram as OldProgram | undefined)?.getProgramOrUndefined();
  const program = ts.createProgram({
    rootNames,
    options,
    host,
    configFileParsingDiagnostics: faults,
    ...(before && { oldProgram: before }),
    ...(references && { projectReferences: references }),
  });
  new PatchedProgram(ts, program, host, { isCommandLine: true }).install();
  return ts.createEmitAndSemanticDiagnosticsBuilderProgram(program, host, oldProgram, faults);
}

/** In the form of the compiler's own command line. */
function reporter(ts: TypeScript): ts.DiagnosticReporter {
  const host: ts.FormatDiagnosticsHost = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getNewLine: () => ts.sys.newLine,
  };
  const isPretty = ts.sys.writeOutputIsTTY?.() ?? false;
  return (diagnostic) => {
    const text = isPretty
      ? ts.formatDiagnosticsWithColorAndContext([diagnostic], host)
      : ts.formatDiagnostic(diagnostic, host);
    ts.sys.write(isPretty ? text + ts.sys.newLine : text);
  };
}
