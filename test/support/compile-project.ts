import { join } from 'node:path';
import ts from 'typescript';
import transformProgram from '../../transformer/hosts/tspc.ts';
import type { Project } from './project.ts';

/**
 * What `tspc -p .` does in a project, in this process: many configurations would take long with a process for each.
 *
 * @returns what the compiler reports, as `file:line code text`
 */
export function compileInProcess(project: Pick<Project, 'folder'>): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(project.folder, 'tsconfig.json'), undefined, {
    ...ts.sys,
    getCurrentDirectory: () => project.folder,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  });
  if (!config) throw new Error('the project has no tsconfig.json');
  const { fileNames, options, projectReferences = [], errors } = config;
  const host = sharingHost(options);
  const program = transformProgram(
    ts.createProgram({ rootNames: fileNames, options, projectReferences, host }),
    host,
    {},
    { ts },
  );
  const before = ts.getPreEmitDiagnostics(program);
  const { diagnostics } = program.emit();
  return [...errors, ...before, ...diagnostics].map(({ file, start, code, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (!file) return `${code} ${text}`;
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
    return `${file.fileName.slice(project.folder.length + 1)}:${line + 1} ${code} ${text}`;
  });
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** A compiler host that parses the files of libraries once for all programs whose options read them alike. */
function sharingHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (fileName, versionOrOptions, ...rest) => {
    if (!fileName.includes('/node_modules/') || !fileName.endsWith('.d.ts'))
      return getSourceFile.call(host, fileName, versionOrOptions, ...rest);
    const reading =
      typeof versionOrOptions === 'object'
        ? [versionOrOptions.languageVersion, versionOrOptions.impliedNodeFormat]
        : [versionOrOptions];
    const key = [fileName, options.moduleDetection, ...reading].join('|');
    if (!parsed.has(key)) parsed.set(key, getSourceFile.call(host, fileName, versionOrOptions, ...rest));
    return parsed.get(key);
  };
  return host;
}
