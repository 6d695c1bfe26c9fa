import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/** The loop under the labels of a statement, and the labels, outermost first. */
export function labelled<T extends ts.Statement>(
  ts: TypeScript,
  statement: ts.Statement,
): { readonly loop: T; readonly labels: readonly string[] } {
  const labels: string[] = [];
  let loop = statement;
  for (; ts.isLabeledStatement(loop); loop = loop.statement) labels.push(loop.label.text);
  return { loop: loop as T, labels };
}
