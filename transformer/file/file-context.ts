import type ts from 'typescript';
import type { FileId } from '../base/file-id.ts';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Bindings } from './bindings.ts';
import type { NodeIndex } from './node-index.ts';

/**
 * - `look`: nothing is known, so look for traces of them;
 * - `none`: the names in the file are those of its source;
 * - `trace`: they are not, and this shows it.
 */
export type EarlierTools = 'look' | 'none' | { readonly trace: string };

/** What every pass over a file needs. */
export interface FileContext {
  readonly ts: TypeScript;
  readonly sourceFile: ts.SourceFile;
  /** The name of the file as it goes into diagnostics, and into tables where it has no id. */
  readonly fileName: string;
  /** The file in the ids of its functions; undefined where ids are the names of functions alone. */
  readonly fileId: FileId | undefined;
  /** What is known of the tools that have had the file before. */
  readonly tools: EarlierTools;
  /** What the whole module is known by; see `moduleDigest`. */
  readonly moduleDigest: () => string | undefined;
  readonly bindings: Bindings;
  readonly nodes: NodeIndex;
  readonly reporter: Reporter;
  /** What `originOf` has found out. */
  readonly origins: Map<ts.Expression, string | undefined>;
  /** A name that no identifier of the file has, made from the one wished for; the same each time. */
  fresh(name: string): string;
  /** Like `fresh`, and never given again. */
  freshOnce(name: string): string;
  /** Line and column of a node's first character, both from 1. */
  positionOf(node: ts.Node): { readonly line: number; readonly column: number };
}
