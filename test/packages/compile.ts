/**
 * Compiles the programs of this folder before the tests, which import them: as they are (`.plain`), edited as text
 * (`.text`), and through `tspc` with the types of the packages (`.tspc`). What is reported lies beside them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import transformProgram from '../../transformer/hosts/tspc.ts';
import { formatDiagnostic, transform } from '../../transformer/index.ts';
import { KINDS, type Kind, REPORT, sources } from './programs.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const STRIPPED: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

export default function compile(): void {
  const reported: Record<string, string[]> = {};
  for (const kind of KINDS) {
    rmSync(join(here, `.${kind}`), { recursive: true, force: true });
    mkdirSync(join(here, `.${kind}`));
  }
  const typed = throughTspc(reported);
  for (const { name, file } of sources()) {
    const source = readFileSync(file, 'utf8');
    write('plain', name, plain(strip(source, file)));
    const { code, diagnostics } = transform(source, { fileName: basename(file) });
    reported[name]?.push(...diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, source)));
    write('text', name, strip(code, file));
    write('tspc', name, typed.get(file) ?? '');
  }
  writeFileSync(REPORT, JSON.stringify(reported, null, 2));
}

/** The JavaScript of all programs, by the names of their files. What is reported of them is put under their names. */
function throughTspc(reported: Record<string, string[]>): Map<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(join(here, 'tsconfig.json'), undefined, {
    ...ts.sys,
    getCurrentDirectory: () => here,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  });
  const options = { ...config?.options, noEmit: false };
  const files = sources().map(({ file }) => file);
  const host = ts.createCompilerHost(options);
  const program = transformProgram(ts.createProgram(files, options, host), host, {}, { ts });
  const outputs = new Map<string, string>();
  for (const { name, file } of sources()) {
    const sourceFile = program.getSourceFile(file);
    reported[name] = program.getSemanticDiagnostics(sourceFile).map(({ messageText, start = 0 }) => {
      const line = (sourceFile?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    program.emit(sourceFile, (_, text) => outputs.set(file, text));
  }
  return outputs;
}

const strip = (source: string, fileName: string): string =>
  ts.transpileModule(source, { compilerOptions: STRIPPED, fileName }).outputText;

/** A process can't have two functions with one id, and each program is here in two ways. */
function write(kind: Kind, name: string, code: string): void {
  const text = code.replace(/(define\(\{\s*"id":\s*")/g, `$1${kind}-${name}-`);
  writeFileSync(join(here, `.${kind}`, `${name}.mjs`), text);
}

const plain = (code: string): string =>
  code.replace(/from ['"]use-durable['"]/g, "from '../../support/plain-use-durable.ts'");
