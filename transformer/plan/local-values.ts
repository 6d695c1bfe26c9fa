import type ts from 'typescript';
import { calleeName } from '../body/callees.ts';
import type { FunctionScope, Planner } from './planner.ts';

/** The head of a call that hands an awaited value through. Its key has a space in it, so it can't be taken for a site. */
export function local(
  planner: Planner,
  node: ts.Expression,
  scope: FunctionScope,
  method: 'local' | 'given' = 'local',
  quiet = false,
): string {
  const { ts } = planner.file;
  const named = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression : node;
  return `${scope.use(quiet)}.${method}(${JSON.stringify(`await ${calleeName(planner.file, named)}`)}, `;
}
