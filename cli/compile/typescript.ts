import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadTypeScript, requireUsable } from '../../transformer/base/typescript.ts';
import { COMPANION, type TypeScript } from '../base/typescript.ts';

/** The TypeScript that compiles a project. */
export interface ChosenTypeScript {
  readonly ts: TypeScript;
  /** The package it is from. */
  readonly name: 'typescript' | typeof COMPANION;
  readonly version: string;
}

/**
 * Version 6: that of the project, its companion beside another version, or else the one that this package finds.
 *
 * @throws TypeScriptMissingError if there is none
 */
export function chooseTypeScript(root: string): ChosenTypeScript {
  const require = createRequire(join(root, 'package.json'));
  for (const name of ['typescript', COMPANION] as const) {
    try {
      const ts = require(name) as TypeScript;
      requireUsable(ts);
      return { ts, name, version: ts.version };
    } catch {
      // Not there, or of another version.
    }
  }
  const ts = loadTypeScript();
  return { ts, name: 'typescript', version: ts.version };
}
