import type ts from 'typescript';
import type { FileId } from '../base/file-id.ts';
import type { FileLock } from '../base/locked.ts';
import type { Manifest } from '../base/plan.ts';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Bindings } from './bindings.ts';
import type { NodeIndex } from './node-index.ts';

/**
 * - `look`: nothing is known, so look for traces of them;
 * - `none`: the names in the file are those of its source;
 * - `source`: so they are, and this is what the functions are in the source, by their ids;
 * - `trace`: they are not, and this shows it.
 */
export type EarlierTools =
  | 'look'
  | 'none'
  | { readonly source: ReadonlyMap<string, Manifest> }
  | { readonly trace: string };

/** What each pass over a file needs. */
export interface FileContext {
  readonly ts: TypeScript;
  readonly sourceFile: ts.SourceFile;
  /** The name of the file in diagnostics, and in tables if the file has no id. */
  readonly fileName: string;
  /** Identifies the file in the ids of its functions; undefined if ids are only the names of functions. */
  readonly fileId: FileId | undefined;
  /** What is known of tools that have processed the file before. */
  readonly tools: EarlierTools;
  /** The ids that sites had before; undefined where there is no lock. */
  readonly lock: FileLock | undefined;
  /** Identifies the content of the whole module; see `moduleDigest`. */
  readonly moduleDigest: () => string | undefined;
  readonly bindings: Bindings;
  readonly nodes: NodeIndex;
  readonly reporter: Reporter;
  /** Results of `originOf`. */
  readonly origins: Map<ts.Expression, string | undefined>;
  /** A name that no identifier of the file has, derived from the given one. The same for the same argument. */
  fresh(name: string): string;
  /** Like `fresh`, but never returns the same name again. */
  freshOnce(name: string): string;
  /** Line and column of the first character of a node, both from 1. */
  positionOf(node: ts.Node): { readonly line: number; readonly column: number };
}
