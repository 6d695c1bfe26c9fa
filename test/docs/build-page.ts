import { basename } from 'node:path';
import ts from 'typescript';
import { transform } from '../../transformer/index.ts';
import type { Project } from '../support/project.ts';

/**
 * Compiles the sources of a page without checking types, which takes a tenth of the time; `code.test.ts` has checked them.
 *
 * @param files by their paths, `src/main.ts`
 */
export function buildPage(project: Project, files: Readonly<Record<string, string>>, outDir: string): void {
  for (const [path, text] of Object.entries(files)) {
    const fileName = basename(path);
    const { code } = transform(text, { fileName });
    const compilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    };
    const { outputText } = ts.transpileModule(code, { fileName, compilerOptions });
    project.write(`${outDir}/${fileName.replace(/\.ts$/, '.js')}`, outputText);
  }
}
