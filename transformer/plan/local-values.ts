import type ts from 'typescript';
import { calleeName } from '../body/callees.ts';
import type { FunctionScope, Planner } from './planner.ts';

/** The start of a call that passes an awaited value through. Its key contains a space, so it differs from all sites. */
export function local(
  planner: Planner,
  node: ts.Expression,
  scope: FunctionScope,
  method: 'local' | 'given' = 'local',
  possible = false,
): string {
  const { ts } = planner.file;
  const named = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression : node;
  const id = `await ${calleeName(planner.file, named)}`;
  planner.names.note(id, node);
  return `${scope.use(possible)}.${method}(${JSON.stringify(id)}, `;
}
