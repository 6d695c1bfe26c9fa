import type ts from 'typescript';
import type { Diagnostic } from '../../base/diagnostics.ts';
import type { TypeScript } from '../../base/typescript.ts';
import { awaitIt } from './await-it.ts';
import { makeAsync, makeModule, replace, respell } from './directives.ts';
import type { Fix, FixMaker } from './fix.ts';
import { putInStep } from './put-in-step.ts';

export type { Fix } from './fix.ts';

/** The diagnostics that have one mechanical answer, at least in some forms. */
const MAKERS: Readonly<Record<string, FixMaker>> = {
  UD1001: respell,
  UD1002: replace,
  UD1003: makeAsync,
  UD1007: makeModule,
  UD3005: putInStep,
  UD3007: awaitIt,
  UD3008: putInStep,
  UD3009: putInStep,
  UD3010: putInStep,
  UD3012: awaitIt,
  UD3014: putInStep,
};

export const FIXABLE: readonly string[] = Object.keys(MAKERS);

/** The fix for a diagnostic; undefined where its author has to decide. */
export function fixFor(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  { code, start, length }: Diagnostic,
  checker: ts.TypeChecker | undefined,
): Fix | undefined {
  const make = MAKERS[code];
  const node = make && nodeOf(ts, sourceFile, start, start + length);
  return node && make({ ts, sourceFile, checker, node });
}

/** The innermost node with this span. */
function nodeOf(ts: TypeScript, sourceFile: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  for (let at: ts.Node | undefined = sourceFile; at; ) {
    if (at.getStart(sourceFile) === start && at.end === end) found = at;
    at = ts.forEachChild(at, (child) =>
      child.getStart(sourceFile) <= start && end <= child.end ? child : undefined,
    );
  }
  return found;
}
