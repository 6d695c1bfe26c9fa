/** A build by TypeScript 6: what `tspc` does, and `tspc -b` where there are references. */
import type ts from 'typescript';
import { PatchedProgram } from '../../transformer/hosts/patched-program.ts';
import type { TypeScript } from '../base/typescript.ts';
import { lockModeOf } from './lock-mode.ts';

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

/** A project, and those that it refers to. */
export class Build6 {
  private readonly ts: TypeScript;
  private readonly file: string;
  private readonly isOwn: boolean;
  private readonly report: ts.DiagnosticReporter;

  /**
   * @param file the configuration, absolute
   * @param isOwn whether the version is the one that the configuration was written for
   */
  constructor(ts: TypeScript, file: string, isOwn: boolean) {
    this.ts = ts;
    this.file = file;
    this.isOwn = isOwn;
    this.report = reporter(ts);
  }

  /** Returns whether there are no errors. */
  run(): boolean {
    const { ts, file, report, create } = this;
    const { sys } = ts;
    const line = this.read(file);
    if (line === undefined) return false;
    if ((line.projectReferences ?? []).length > 0) {
      const host = ts.createSolutionBuilderHost(sys, create, report);
      host.getParsedCommandLine = (path) => this.read(path);
      return ts.createSolutionBuilder(host, [file], {}).build() === ts.ExitStatus.Success;
    }
    const { fileNames, options } = line;
    const program = ts.createIncrementalProgram<Builder>({
      rootNames: fileNames,
      options,
      configFileParsingDiagnostics: ts.getConfigFileParsingDiagnostics(line),
      createProgram: create,
    });
    const { emitFilesAndReportErrorsAndGetExitStatus: emit } = ts as unknown as CommandLine;
    return emit(program, report, (text) => sys.write(text + sys.newLine)) === ts.ExitStatus.Success;
  }

  /** Builds again after each change, as `tsc --watch` does. Never ends by itself. */
  watch(): Promise<never> {
    const { ts, file, report, create } = this;
    const { sys } = ts;
    if ((this.read(file)?.projectReferences ?? []).length > 0) {
      const host = ts.createSolutionBuilderWithWatchHost(sys, create, report);
      host.getParsedCommandLine = (path) => this.read(path);
      ts.createSolutionBuilderWithWatch(host, [file], {}).build();
    } else ts.createWatchProgram(ts.createWatchCompilerHost(file, undefined, sys, create, report));
    return new Promise(() => undefined);
  }

  private readonly create: ts.CreateProgram<Builder> = (
    rootNames = [],
    options = {},
    compilerHost,
    oldProgram,
    faults = [],
    references,
  ) => {
    const { ts } = this;
    const host = compilerHost ?? ts.createIncrementalCompilerHost(options);
    const before = (oldProgram as OldProgram | undefined)?.getProgramOrUndefined();
    const counted = this.counted(faults);
    const program = ts.createProgram({
      rootNames,
      options,
      host,
      configFileParsingDiagnostics: counted,
      ...(before && { oldProgram: before }),
      ...(references && { projectReferences: references }),
    });
    new PatchedProgram(ts, program, host, { lock: lockModeOf(options), isCommandLine: true }).install();
    return ts.createEmitAndSemanticDiagnosticsBuilderProgram(program, host, oldProgram, counted);
  };

  private read(path: string): ts.ParsedCommandLine | undefined {
    const { ts, report } = this;
    const line = ts.getParsedCommandLineOfConfigFile(path, undefined, {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: report,
    });
    return line && { ...line, errors: this.counted(line.errors) };
  }

  private counted<Fault extends ts.Diagnostic>(faults: readonly Fault[]): Fault[] {
    return faults.filter((fault) => this.isOwn || !isOfConfiguration(fault));
  }
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
