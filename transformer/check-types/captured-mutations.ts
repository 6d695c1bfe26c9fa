import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import { changesOf } from '../check/steps.ts';
import { unwrap } from '../syntax/nodes.ts';
import { placeOf } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/** Collections and iterators of the language. `set` of any other object may be a method of a client. */
const CHANGEABLE =
  /^((Weak)?(Map|Set)|Array|Date|Headers|FormData|URLSearchParams|(Async)?(Generator|\w*Iterator)|\w+Array)$/;

/** Reports changes to values of the durable function inside steps, if only types show that they are changes. */
export function checkCapturedMutations(types: ProgramTypes, body: Body, reporter: Reporter): void {
  const { ts, checker } = types;
  for (const code of body.stepCode) {
    for (const { kind, node, name, method } of changesOf(body, code)) {
      if (kind !== 'may mutate' || !ts.isCallExpression(node)) continue;
      const callee = unwrap(ts, node.expression);
      if (!ts.isPropertyAccessExpression(callee)) continue;
      if (isChangeable(checker.getTypeAtLocation(callee.expression)))
        reporter.report('capturedMutation', node, name, method ?? '');
    }
  }
}

/** Whether a method with the name of a changing one changes values of a type. */
export function isChangeable({ symbol }: ts.Type): boolean {
  return symbol !== undefined && placeOf(symbol) === 'library' && CHANGEABLE.test(symbol.name);
}
