import type ts from 'typescript';
import { type Diagnostic, Reporter } from '../diagnostics.ts';
import type { TypeScript } from '../typescript.ts';

/** Reports calls that are no steps and give a promise: with types at hand, what syntax alone can't see. */
export function checkPromises(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  fileName: string,
  calls: readonly ts.CallExpression[],
  checker: ts.TypeChecker,
): readonly Diagnostic[] {
  const reporter = new Reporter(sourceFile, fileName);
  for (const call of calls) {
    if (handsOut(call)) continue;
    const type = checker.getApparentType(checker.getTypeAtLocation(call));
    const members = type.isUnion() ? type.types : [type];
    // A real promise has all three; a thenable query builder may be passed on as a value.
    const promise = members.some((member) =>
      ['then', 'catch', 'finally'].every((name) => member.getProperty(name)),
    );
    if (promise) reporter.report('floatingPromise', call, call.expression.getText(sourceFile));
  }
  return reporter.diagnostics;

  /** `promises.shift()`: a collection gives back what was put into it. */
  function handsOut({ expression }: ts.CallExpression): boolean {
    const [declaration] =
      (ts.isPropertyAccessExpression(expression) &&
        checker.getSymbolAtLocation(expression.name)?.declarations) ||
      [];
    const owner = declaration?.parent;
    return owner !== undefined && ts.isInterfaceDeclaration(owner) && COLLECTION.test(owner.name.text);
  }
}

const COLLECTION = /^(Readonly|Weak)?(Array|Map|Set|Promise|Iterator\w*)(Constructor)?$/;
