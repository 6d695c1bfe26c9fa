import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

/** The compiler API of version 6. */
export type TypeScript = typeof ts;

/** The package that has TypeScript 6 beside another version. */
export const COMPANION = '@typescript/typescript6';

export interface InstalledTypeScript {
  /** Of the package `typescript`; undefined if there is none. */
  readonly version: string | undefined;
  /** Version 6, of that package or of the companion; undefined if neither has it. */
  readonly api: TypeScript | undefined;
}

/** The TypeScript that a project has installed, as its own files would find it. */
export function typescriptOf(folder: string): InstalledTypeScript {
  const require = createRequire(join(folder, 'package.json'));
  const load = <T>(name: string): T | undefined => {
    try {
      return require(name) as T;
    } catch {
      return undefined;
    }
  };
  const version = load<{ version: string }>('typescript/package.json')?.version;
  const candidates = ['typescript', COMPANION].map((name) => load<Partial<TypeScript>>(name));
  const api = candidates.find((found) => found?.createSourceFile !== undefined);
  return { version, api: api as TypeScript | undefined };
}
