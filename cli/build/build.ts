import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../transformer/index.ts';
import { chooseCompiler } from '../compile/choose-compiler.ts';
import { Compiler7 } from '../compile/compiler7.ts';
import { countsText, frameOf } from '../compile/frames.ts';
import { type ProjectFiles, projectFiles } from '../compile/project-files.ts';
import { NoProjectError } from '../project/project.ts';
import { watchProject } from '../project/watch.ts';
import { Build6 } from './build6.ts';
import { buildWith7 } from './build7.ts';

export interface BuildOptions {
  /** The configuration, or its folder; default: `tsconfig.json` of the folder. */
  readonly project?: string;
  /** Again after each change. */
  readonly watch?: boolean;
}

/**
 * Compiles a project to JavaScript, as `tspc` does, also where the TypeScript of the project takes no plugins.
 *
 * @returns the exit code: 1 if there are errors. Of a watch it is never returned
 * @throws NoProjectError if there is no configuration
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function build(
  folder: string,
  { project = folder, watch = false }: BuildOptions,
): number | Promise<never> {
  const given = resolve(project);
  const file = given.endsWith('.json') ? given : join(given, 'tsconfig.json');
  if (!existsSync(file))
    throw new NoProjectError(`There is no ${file}. It says what is built, and to where.`);
  const root = realpathSync(folder);
  const files = projectFiles(root);
  const compiler = chooseCompiler(root, files);
  const path = realpathSync(file).replaceAll('\\', '/');
  if (compiler instanceof Compiler7) {
    if (watch) return watchWith7(compiler, path, files);
    try {
      return printed(buildWith7(compiler, path), files);
    } finally {
      compiler.close();
    }
  }
  const { ts, typescript } = compiler;
  const build6 = new Build6(ts, path, typescript.name === 'typescript');
  return watch ? build6.watch() : build6.run() ? 0 : 1;
}

/** Its API watches nothing, so the whole project is built again. Outputs that stay the same are not written. */
function watchWith7(compiler: Compiler7, path: string, files: ProjectFiles): Promise<never> {
  return watchProject(dirname(path), {
    run(isCheck) {
      if (isCheck) return;
      if (process.stdout.isTTY) console.clear();
      compiler.begin();
      try {
        printed(buildWith7(compiler, path), files);
      } catch (error) {
        // A file may go while it is read. The next change leads to another attempt.
        console.log((error as Error).message);
      }
      console.log('\nBuilt. Waiting for changes. Ctrl+C ends it.\n');
    },
    folders: () => compiler.folders(),
  });
}

function printed(diagnostics: readonly Diagnostic[], { read }: ProjectFiles): number {
  const count = (wanted: Diagnostic['severity']): number =>
    diagnostics.filter(({ severity }) => severity === wanted).length;
  const frames = diagnostics.map((one) =>
    frameOf({ ...one, fileName: relative(process.cwd(), one.fileName) }, read(one.fileName) ?? ''),
  );
  if (frames.length > 0)
    console.log([...frames, `${countsText(count('error'), count('warning'))}.`].join('\n\n'));
  return count('error') > 0 ? 1 : 0;
}
