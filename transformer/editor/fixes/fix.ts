import type ts from 'typescript';
import type { TypeScript } from '../../base/typescript.ts';
import { type FunctionNode, functionAround, isAsync, isGenerator } from '../../syntax/nodes.ts';

/** Text that replaces a part of the file. Offsets are those of the file before the fix. */
export interface TextEdit {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

export interface Fix {
  /** What an editor shows. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** A diagnostic, as a fix for it needs it. */
export interface FixRequest {
  readonly ts: TypeScript;
  readonly sourceFile: ts.SourceFile;
  /** Undefined where there are no types: then fixes that depend on them are not offered. */
  readonly checker: ts.TypeChecker | undefined;
  /** The node that the diagnostic is at. */
  readonly node: ts.Node;
}

/** Undefined where there is no answer, or more than one. */
export type FixMaker = (request: FixRequest) => Fix | undefined;

export const insert = (start: number, text: string): TextEdit => ({ start, length: 0, text });

/** The async function whose code a node is, where an `await` may stand. */
export function awaitingFunction(ts: TypeScript, node: ts.Node): FunctionNode | undefined {
  const around = functionAround(ts, node);
  if (!around?.body || !isAsync(ts, around) || isGenerator(around)) return undefined;
  return node.pos >= around.body.pos ? around : undefined;
}

/** Edits that put something before an expression, in parentheses where what is around it would take a part of it. */
export function before(ts: TypeScript, node: ts.Node, text: string): TextEdit[] {
  const start = node.getStart();
  return bindsCloser(ts, node) ? [insert(start, `(${text}`), insert(node.end, ')')] : [insert(start, text)];
}

/** Whether what is around an expression would be a part of the operand of an `await` before it, or could not have one. */
export function bindsCloser(ts: TypeScript, node: ts.Node): boolean {
  const { parent } = node;
  const isHead =
    (ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent) ||
      ts.isCallExpression(parent) ||
      ts.isNewExpression(parent) ||
      ts.isNonNullExpression(parent)) &&
    parent.expression === node;
  const isTag = ts.isTaggedTemplateExpression(parent) && parent.tag === node;
  const isPower =
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
    parent.left === node;
  return isHead || isTag || isPower;
}
