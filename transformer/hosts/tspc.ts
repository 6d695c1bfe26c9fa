import '../base/require-node.ts';
import type ts from 'typescript';
import { requireUsable, type TypeScript } from '../base/typescript.ts';
import type { LockMode } from '../lock/mode.ts';
import { PatchedProgram } from './patched-program.ts';

/**
 * The ts-patch host: `"plugins": [{ "transform": "use-durable/tspc", "transformProgram": true }]`.
 *
 * With `"lock": "write"` beside these, it writes `durable.lock.json`. It returns the same Program, changed in place, so `--noEmit`, `--noEmitOnError`, `--watch` and incremental builds see our
 * diagnostics.
 *
 * @throws TypeScriptMissingError if ts-patch runs on another version than 6
 */
export default function transformProgram(
  program: ts.Program,
  host: ts.CompilerHost | undefined,
  config: { readonly lock?: LockMode } | undefined,
  { ts }: { readonly ts: TypeScript },
): ts.Program {
  requireUsable(ts);
  new PatchedProgram(ts, program, host, { lock: config?.lock }).install();
  return program;
}
