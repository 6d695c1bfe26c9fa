import type ts from 'typescript';
import type { Analysis } from '../analyze.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import type { TypeScript } from '../base/typescript.ts';
import { type Fix, fixFor } from '../editor/fixes/index.ts';
import { hoverText } from '../editor/hover-text.ts';
import { idHints } from '../editor/id-hints.ts';
import { placeAt } from '../editor/place-in-function.ts';
import { type AnalysesByFile, ProgramAnalyses } from './program-analyses.ts';
import { codeOf, toTypeScript } from './typescript-diagnostics.ts';

/**
 * What a language service adds for the files of its project. Each version of a file is analyzed once, and only if it may have
 * durable functions; checks with types are made once for each version of the program.
 */
export class LanguageServiceFiles {
  private readonly ts: TypeScript;
  private readonly service: ts.LanguageService;
  private readonly analyses: AnalysesByFile = new WeakMap();
  private current: { readonly program: ts.Program; readonly analyses: ProgramAnalyses } | undefined;

  constructor(ts: TypeScript, service: ts.LanguageService) {
    this.ts = ts;
    this.service = service;
  }

  withDiagnostics(name: string, found: ts.Diagnostic[]): ts.Diagnostic[] {
    const { ts } = this;
    const ours = this.diagnosticsOf(name).map(({ diagnostic, file }) => toTypeScript(ts, diagnostic, file));
    if (ours.length === 0) return found;
    // A TypeScript that ts-patch has changed in place reports them itself.
    const known = new Set(found.map(({ code, start }) => `${code}:${start}`));
    return [...found, ...ours.filter(({ code, start }) => !known.has(`${code}:${start}`))];
  }

  withQuickInfo(name: string, position: number, info: ts.QuickInfo | undefined): ts.QuickInfo | undefined {
    const { ts } = this;
    const { file, analysis } = this.analyzed(name) ?? {};
    const found = file && analysis && placeAt(ts, analysis.inTree, file, position);
    if (!found) return info;
    const { token, place } = found;
    const start = token.getStart(file);
    const text: ts.SymbolDisplayPart[] = [{ kind: 'text', text: hoverText(place) }];
    const documentation = info?.documentation ?? [];
    if (info)
      return {
        ...info,
        documentation: [...text, ...(documentation.length > 0 ? [BREAK] : []), ...documentation],
      };
    // TypeScript has nothing to say of keywords and literals.
    const length = ts.isAwaitExpression(token) ? 'await'.length : token.end - start;
    return {
      kind: ts.ScriptElementKind.unknown,
      kindModifiers: '',
      textSpan: { start, length },
      displayParts: [],
      documentation: text,
    };
  }

  withHints(name: string, { start, length }: ts.TextSpan, hints: ts.InlayHint[]): ts.InlayHint[] {
    const { ts } = this;
    const { analysis } = this.analyzed(name) ?? {};
    if (!analysis) return hints;
    const ours = idHints(ts, analysis.inTree)
      .filter(({ position }) => position >= start && position <= start + length)
      .map(({ position, text }) => ({ text, position, kind: ts.InlayHintKind.Enum }));
    return [...hints, ...ours];
  }

  /** Adds the fixes of the diagnostics at a place that have one of these numbers. */
  withFixes(
    name: string,
    { start, end, errorCodes }: FixPlace,
    fixes: readonly ts.CodeFixAction[],
  ): readonly ts.CodeFixAction[] {
    const asked = new Set(errorCodes.map(codeOf));
    const ours = this.diagnosticsOf(name).flatMap(({ diagnostic, file }) => {
      const isThere =
        asked.has(diagnostic.code) &&
        diagnostic.start <= end &&
        start <= diagnostic.start + diagnostic.length;
      const fix = isThere
        ? fixFor(this.ts, file, diagnostic, this.current?.program.getTypeChecker())
        : undefined;
      return fix ? [codeFixOf(file, diagnostic, fix)] : [];
    });
    return [...fixes, ...ours];
  }

  private diagnosticsOf(name: string): { readonly diagnostic: Diagnostic; readonly file: ts.SourceFile }[] {
    const opened = this.open(name);
    const analysis = opened?.analyses.of(opened.file);
    if (!opened || !analysis) return [];
    const { file, analyses } = opened;
    return analyses.diagnosticsOf(analysis, file).map((diagnostic) => ({ diagnostic, file }));
  }

  private analyzed(name: string): { readonly file: ts.SourceFile; readonly analysis: Analysis } | undefined {
    const opened = this.open(name);
    const analysis = opened?.analyses.evenBroken(opened.file);
    return opened && analysis && { file: opened.file, analysis };
  }

  private open(
    name: string,
  ): { readonly file: ts.SourceFile; readonly analyses: ProgramAnalyses } | undefined {
    const program = this.service.getProgram();
    const file = program?.getSourceFile(name);
    if (!program || !file) return undefined;
    if (this.current?.program !== program) {
      const analyses = new ProgramAnalyses(this.ts, program, undefined, this.analyses);
      this.current = { program, analyses };
    }
    return { file, analyses: this.current.analyses };
  }
}

interface FixPlace {
  readonly start: number;
  readonly end: number;
  readonly errorCodes: readonly number[];
}

function codeFixOf(file: ts.SourceFile, { code }: Diagnostic, { title, edits }: Fix): ts.CodeFixAction {
  const textChanges = edits.map(({ start, length, text }) => ({ span: { start, length }, newText: text }));
  return {
    fixName: `use-durable-${code.toLowerCase()}`,
    description: title,
    changes: [{ fileName: file.fileName, textChanges }],
  };
}

const BREAK: ts.SymbolDisplayPart = { kind: 'lineBreak', text: '\n\n' };
