/** The plugin for Nest's command line, with its tsc builder: `"plugins": ["use-durable/nest"]` in nest-cli.json. */
import '../base/require-node.ts';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { requireUsable, type TypeScript } from '../base/typescript.ts';
import type { LockMode } from '../lock/mode.ts';
import { PatchedProgram } from './patched-program.ts';

const changed = new WeakSet<ts.Program>();

/**
 * Nest calls it before it emits a program, and wants one of the transformers that come first. Ours is added to the program
 * instead, so that it comes before those of Nest and of other plugins, and errors stop the build.
 */
export function before(
  options: { readonly lock?: LockMode } | undefined,
  program: ts.Program,
): ts.TransformerFactory<ts.SourceFile> {
  if (!changed.has(program)) {
    changed.add(program);
    const ts = typeScriptOfNest();
    requireUsable(ts);
    new PatchedProgram(ts, program, undefined, { lock: options?.lock, isCommandLine: true }).install();
  }
  return () => (sourceFile) => sourceFile;
}

/** The one that has made the program: Nest finds it from the folder that it runs in, or else has its own. */
function typeScriptOfNest(): TypeScript {
  const cwd = createRequire(join(process.cwd(), 'nest-cli.json'));
  try {
    return cwd('typescript') as TypeScript;
  } catch {
    return createRequire(cwd.resolve('@nestjs/cli/package.json'))('typescript') as TypeScript;
  }
}
