import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileProject } from '../compile/compile-project.ts';
import { NoProjectError } from '../project/project.ts';
import { reportOf } from './report.ts';

export interface CheckOptions {
  readonly json?: boolean;
  /** Again after each change. */
  readonly watch?: boolean;
}

/**
 * Prints the diagnostics of a project, with those that need types, and writes nothing.
 *
 * @returns the exit code: 1 if there are errors. Of a watch it is never returned
 * @throws NoProjectError if the folder holds no `package.json`
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export async function check(folder: string, { json = false, watch = false }: CheckOptions): Promise<number> {
  if (!existsSync(join(folder, 'package.json')))
    throw new NoProjectError(
      `There is no package.json in ${folder}. Run the command in the folder of a project.`,
    );
  if (watch) {
    const { watchProject } = await import('./watch.ts');
    return watchProject(folder, json);
  }
  const { text, json: data, errors } = reportOf(compileProject({ root: folder }));
  console.log(json ? JSON.stringify(data, null, 2) : text);
  return errors > 0 ? 1 : 0;
}
