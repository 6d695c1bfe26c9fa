import { existsSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../transformer/index.ts';
import { chooseCompiler } from '../compile/choose-compiler.ts';
import { Compiler7 } from '../compile/compiler7.ts';
import { countsText, frameOf } from '../compile/frames.ts';
import { projectFiles } from '../compile/project-files.ts';
import { NoProjectError } from '../project/project.ts';
import { buildWith6 } from './build6.ts';
import { buildWith7 } from './build7.ts';

export interface BuildOptions {
  /** The configuration, or its folder; default: `tsconfig.json` of the folder. */
  readonly project?: string;
}

/**
 * Compiles a project to JavaScript, as `tspc` does, also where the TypeScript of the project takes no plugins.
 *
 * @returns the exit code: 1 if there are errors
 * @throws NoProjectError if there is no configuration
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function build(folder: string, { project = folder }: BuildOptions): number {
  const given = resolve(project);
  const file = given.endsWith('.json') ? given : join(given, 'tsconfig.json');
  if (!existsSync(file))
    throw new NoProjectError(`There is no ${file}. It says what is built, and to where.`);
  const root = realpathSync(folder);
  const files = projectFiles(root);
  const compiler = chooseCompiler(root, files);
  const path = realpathSync(file).replaceAll('\\', '/');
  try {
    if (compiler instanceof Compiler7) return printed(buildWith7(compiler, path), files.read);
    const { ts, typescript } = compiler;
    return buildWith6(ts, path, typescript.name === 'typescript') ? 0 : 1;
  } finally {
    compiler.close();
  }
}

function printed(diagnostics: readonly Diagnostic[], read: (path: string) => string | undefined): number {
  const count = (wanted: Diagnostic['severity']): number =>
    diagnostics.filter(({ severity }) => severity === wanted).length;
  const frames = diagnostics.map((one) =>
    frameOf({ ...one, fileName: relative(process.cwd(), one.fileName) }, read(one.fileName) ?? ''),
  );
  if (frames.length > 0)
    console.log([...frames, `${countsText(count('error'), count('warning'))}.`].join('\n\n'));
  return count('error') > 0 ? 1 : 0;
}
