import type ts from 'typescript';
import type { SiteKind } from '../base/plan.ts';
import type { PossibleMode } from '../flow/possible-steps.ts';
import { isFunctionNode, walk } from '../syntax/nodes.ts';
import type { Planner } from './planner.ts';

/** How a call is made: the method of `$`, and the name of the site. */

/**
 * Awaited in place; started and used later (`used` if its members are used as well); a possible step (see `flow/possible-
 * steps.ts`); or none of these.
 */
export type CallMode = 'await' | 'start' | 'used' | PossibleMode | 'plain';

/** Whether nothing is recorded of a call that returns no promise. */
export const isPossible = (mode: CallMode): boolean =>
  mode !== 'await' && mode !== 'start' && mode !== 'used';

/** The object whose methods make a call of this mode: `scope` or a view of it. */
export const ownerOf = (scope: string, mode: CallMode): string =>
  isPossible(mode) || mode === 'used' ? `${scope}.${mode}` : scope;

/** The id of the site of a call. Sites of possible steps are numbered after those of calls that 0.1.0 knew as well. */
export function nameCall(
  { names, flow }: Planner,
  callee: ts.Expression,
  kind: SiteKind,
  node: ts.Expression,
  call: ts.Expression,
): string {
  const possible = flow.possible.calls.get(call);
  if (possible !== undefined) return names.possibleCall(callee, possible.listed ? kind : 'call', node);
  const isRead = flow.returned.has(call) && !flow.awaited.has(call) && !flow.started.has(call);
  return isRead ? names.possibleCall(callee, 'call', node) : names.call(callee, kind, node);
}

/** Whether a node contains an `await` or a `yield` of its own function. */
export function holdsAwait(planner: Planner, node: ts.Node): boolean {
  const { ts } = planner.file;
  let found = false;
  walk(ts, node, (inner) => {
    if (isFunctionNode(ts, inner)) return false;
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) found = true;
    return undefined;
  });
  return found;
}
