import type { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import { givenTo } from '../body/helper-reads.ts';
import { type HelperCall, reportHelper } from '../check/helpers.ts';
import { contains } from '../syntax/nodes.ts';
import { mayBePromise } from './known-classes.ts';
import { isDurableDeclaration } from './places.ts';
import { codeOf } from './program-reads.ts';
import type { ProgramTypes } from './program-types.ts';

/** Reports helpers of other files that read the clock or chance, where the code of those files shows it. */
export function checkHelperClocks(
  types: ProgramTypes,
  body: Body,
  calls: readonly HelperCall[],
  reporter: Reporter,
): void {
  const { ts, checker } = types;
  for (const call of calls) {
    const code = codeOf(types, call);
    if (!code || contains(body.durable.node, code) || isDurableDeclaration(ts, code)) continue;
    if (ts.isCallExpression(call) && mayBePromise(checker, checker.getTypeAtLocation(call))) continue;
    const read = types.reads.in(code, givenTo(call));
    if (read) reportHelper(body, call.expression, read, reporter);
  }
}
