import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import { privateCalls } from '../body/private-calls.ts';
import { reportPrivateCall } from '../check/private-calls.ts';
import { unwrap } from '../syntax/nodes.ts';
import { originalSymbol } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/** Warns of calls that need private members of instances, for classes that other files declare. */
export function checkImportedPrivateCalls(
  { ts, checker }: ProgramTypes,
  body: Body,
  reporter: Reporter,
): void {
  for (const found of privateCalls(body, classOf))
    if (found.cls.getSourceFile() !== body.file.sourceFile) reportPrivateCall(found, reporter);

  function classOf(expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
    const node = unwrap(ts, expression);
    if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
    return originalSymbol(ts, checker, node)?.declarations?.find((one) => ts.isClassLike(one));
  }
}
