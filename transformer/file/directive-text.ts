import type ts from 'typescript';
import type { FileContext } from './file-context.ts';

/** The text of the directive: its valid forms, and likely misspellings. */

const DIRECTIVE = 'use durable';

export interface Directive {
  /** `as ID`. */
  readonly id: string | undefined;
  /** `version N`, as it is written. */
  readonly version: string | undefined;
  /** What follows the version: `of NAME`. */
  readonly rest: string | undefined;
}

export interface FoundDirective extends Directive {
  readonly statement: ts.Statement;
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
    if (parsed) return { statement, ...parsed };
  }
  return undefined;
}

/**
 * - `'use durable'`;
 * - `'use durable as some-id'`: an id that stays the same when the function is renamed;
 * - `'use durable version 2'`, `'use durable as some-id version 2'`: one of several versions of the function with this id;
 * - `'use durable version 1 of checkout'`: an earlier version of that function of the file.
 *
 * What is written for the parts isn't checked here.
 */
export function parseDirective(text: string): Directive | undefined {
  const [found, id, version, rest] = FORMS.exec(text) ?? [];
  return found === undefined ? undefined : { id: id?.trim(), version, rest: rest?.trim() };
}

/** The path in a whole id may hold any words, but nothing behind its `#` does. */
const FORMS = new RegExp(`^${DIRECTIVE}(?: as (.*?))?(?: version\\b *([^\\s#]*)(?: +([^#]*))?)?$`, 'u');

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
