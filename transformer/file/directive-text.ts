import type ts from 'typescript';
import type { FileContext } from './file-context.ts';

/** The text of the directive: its valid forms, and likely misspellings. */

const DIRECTIVE = 'use durable';

export interface FoundDirective {
  readonly statement: ts.Statement;
  readonly id: string | undefined;
}

/** The durable directive in the prologue of a body. */
export function directiveOf(
  file: FileContext,
  statements: readonly ts.Statement[],
): FoundDirective | undefined {
  const { ts } = file;
  for (const statement of statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return undefined;
    const parsed = parseDirective(statement.expression.text);
    if (parsed) return { statement, id: parsed.id };
  }
  return undefined;
}

/** `'use durable'`, or `'use durable as some-id'` for an id that stays the same when the function is renamed. */
export function parseDirective(text: string): { id: string | undefined } | undefined {
  if (text === DIRECTIVE) return { id: undefined };
  if (text.startsWith(`${DIRECTIVE} as `)) return { id: text.slice(DIRECTIVE.length + 4).trim() };
  return undefined;
}

export function looksLikeDirective(text: string): boolean {
  return (
    text.length < 40 &&
    /^\s*use.?\s*dur\w*\b/i.test(text) &&
    distance(text.trim().toLowerCase(), DIRECTIVE) <= 3
  );
}

/** Edit distance after Wagner and Fischer (1974), one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
