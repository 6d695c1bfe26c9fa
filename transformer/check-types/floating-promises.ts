import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import { mayBePromise } from './known-classes.ts';
import type { ProgramTypes } from './program-types.ts';

/** Reports calls outside of steps that return a promise, where only types show it. */
export function checkFloatingPromises(
  types: ProgramTypes,
  calls: readonly ts.CallExpression[],
  reporter: Reporter,
): void {
  const { ts, checker } = types;
  for (const call of calls) {
    if (mayBePromise(checker, checker.getTypeAtLocation(call)) && !handsOut(call))
      reporter.report('floatingPromise', call, call.expression.getText());
  }

  /** `promises.shift()`: a collection returns an element that was put into it. */
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
