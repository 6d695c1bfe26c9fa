import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { analyze, ProgramTypes } from '../../transformer/analyze.ts';
import { type Diagnostic, helpFor } from '../../transformer/base/diagnostics.ts';
import transformProgram from '../../transformer/hosts/tspc.ts';

/** The compiler with types, over files of this repository: `use-durable` is the source of the runtime. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  typeRoots: [here('../../node_modules/@types')],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  allowJs: true,
  paths: { 'use-durable': [here('../../runtime/index.ts')] },
};

/** Parsed once: the declarations of the language and of Node are most of a program. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** A program of these files, changed by the `tspc` host. `texts` stand in for files that don't exist. */
export function durableProgram(
  files: readonly string[],
  texts: Readonly<Record<string, string>> = {},
  options = STRICT,
): ts.Program {
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  const folders = new Set(Object.keys(texts).map((name) => dirname(name)));
  host.directoryExists = (name) => folders.has(name) || (directoryExists?.(name) ?? true);
  host.fileExists = (name) => name in texts || fileExists(name);
  host.readFile = (name) => texts[name] ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) => {
    const text = texts[name];
    if (text !== undefined) return ts.createSourceFile(name, text, language, true);
    if (!name.includes('/node_modules/') && !name.includes('/runtime/'))
      return getSourceFile(name, language, ...rest);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, language, ...rest));
    return parsed.get(name);
  };
  return transformProgram(ts.createProgram([...files], options, host), undefined, undefined, { ts });
}

/** Our own diagnostics of a file, errors of TypeScript itself left out. */
export function durableDiagnostics(program: ts.Program, fileName: string): Diagnostic[] {
  const file = program.getSourceFile(fileName);
  if (!file) throw new Error(`${fileName} is no part of the program`);
  return program
    .getSemanticDiagnostics(file)
    .filter(({ source }) => source === 'use-durable')
    .map((diagnostic) => read(diagnostic, file));
}

/** What analysis says about a file with the types of a program, without a host: message and hint apart. */
export function typedDiagnostics(program: ts.Program, fileName: string): readonly Diagnostic[] {
  const file = program.getSourceFile(fileName);
  if (!file) throw new Error(`${fileName} is no part of the program`);
  return analyze(ts, file, basename(fileName)).checkTypes(new ProgramTypes(ts, program));
}

const SEVERITIES = { 0: 'warning', 1: 'error', 2: 'info', 3: 'info' } as const;

function read(
  { start = 0, length = 0, messageText, category }: ts.Diagnostic,
  file: ts.SourceFile,
): Diagnostic {
  const [, code = '', text = ''] = /^(UD\d{4}): (.*)$/s.exec(String(messageText)) ?? [];
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return {
    code,
    severity: SEVERITIES[category],
    message: text,
    hint: '',
    help: helpFor(code),
    fileName: basename(file.fileName),
    start,
    length,
    line: line + 1,
    column: character + 1,
  };
}

/** Whether it takes types to report the mistake of a folder in test/diagnostics. */
export const isTyped = (folder: string): boolean => /^ud4|-typed$/.test(folder);

/** Files of a folder that hold TypeScript, with their full names. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ name }) => `${folder}${name}`);
}
