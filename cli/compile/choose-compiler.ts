import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isCompared, loadTypeScript, requireUsable } from '../../transformer/base/typescript.ts';
import { COMPANION, type TypeScript } from '../base/typescript.ts';
import type { Compiler, TypeScriptName } from './compiler.ts';
import { Compiler6 } from './compiler6.ts';
import { Compiler7 } from './compiler7.ts';
import type { ProjectFiles } from './project-files.ts';
import type { SourceFiles } from './source-files.ts';

/**
 * The TypeScript of the project, if it is version 6, or the later one that was compared with it. Beside another version its
 * companion, or else the version 6 that this package finds.
 *
 * @param known what version 6 has read for another compilation of the project
 * @throws TypeScriptMissingError if there is none
 */
export function chooseCompiler(root: string, files: ProjectFiles, known?: SourceFiles): Compiler {
  const require = createRequire(join(root, 'package.json'));
  const load = <T>(name: string): T | undefined => {
    try {
      return require(name) as T;
    } catch {
      return undefined;
    }
  };
  const six = (name: TypeScriptName['name']): Compiler | undefined => {
    const ts = load<TypeScript>(name);
    return ts !== undefined && isSix(ts) ? new Compiler6(ts, name, files, known) : undefined;
  };
  const version = load<{ readonly version: string }>('typescript/package.json')?.version;
  return (
    six('typescript') ??
    (version !== undefined && isCompared(version)
      ? Compiler7.start(require, version, root, files)
      : undefined) ??
    six(COMPANION) ??
    new Compiler6(loadTypeScript(), 'typescript', files, known)
  );
}

function isSix(ts: TypeScript): boolean {
  try {
    requireUsable(ts);
    return true;
  } catch {
    return false;
  }
}
