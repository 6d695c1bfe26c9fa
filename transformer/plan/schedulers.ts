import type ts from 'typescript';
import { functionOf } from '../body/callees.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { rootOf, unwrap } from '../syntax/nodes.ts';
import { calleeShape, calleeTemplate } from './callee-shape.ts';
import { planListFromElsewhere } from './foreign-values.ts';
import { needsLinks } from './optional-chains.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3b. Calls of packages that schedule closures: the call and its closures run in the workflow.
 *
 * @returns true if the node was one; then nothing below it is left to plan
 */
export function planScheduler(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, body, plan, flow } = planner;
  const { ts } = file;
  if (!isSchedulerCall(body, node)) return false;
  if (!ts.isCallExpression(node)) {
    plan.wrap(node, `${scope.use(true)}.scheduler.made(`, ')');
    ts.forEachChild(node, (child) => planner.visit(child, scope));
    return true;
  }
  const callee = node.expression;
  if (needsLinks(planner, callee)) return false;
  const kind = node.arguments.some(isFunctionElsewhere) ? 'step' : 'call';
  const isOld = flow.awaited.has(node) || flow.started.has(node);
  const id = isOld ? planner.names.call(callee, kind, node) : planner.names.possibleCall(callee, kind, node);
  const target = unwrap(ts, callee);
  const receiver = ts.isPropertyAccessExpression(target) && target.questionDotToken !== undefined;
  const missing = receiver ? (node.questionDotToken ? 'both' : 'receiver') : 'function';
  const optional = receiver || node.questionDotToken !== undefined;
  const shape = calleeShape(planner, callee);
  const isMember = shape.kind === 'member';
  const method = isMember ? (optional ? 'optionalMethod' : 'method') : optional ? 'optional' : 'call';
  const template = calleeTemplate(
    shape,
    `${scope.use(true)}.scheduler.${method}(${id}, `,
    isMember && optional ? `, "${missing}")` : ')',
  );
  plan.callee(node, template, receiver && !node.questionDotToken);
  for (const hole of template.holes) planner.visit(hole, scope);
  const [list] = node.arguments;
  const root = rootOf(ts, callee);
  const binding = ts.isIdentifier(root) ? file.bindings.resolve(root) : undefined;
  // Schedulers that the function made itself, `limit(work)`, receive functions.
  if (list && binding && !body.isLocal(binding)) planListFromElsewhere(planner, list, scope);
  for (const argument of node.arguments) planner.visit(argument, scope);
  return true;

  /** `pMap(xs, load)`, where each call of `load` is a step. */
  function isFunctionElsewhere(argument: ts.Expression): boolean {
    const value = unwrap(ts, argument);
    const binding = ts.isIdentifier(value) ? file.bindings.resolve(value) : undefined;
    if (!binding || body.isLocal(binding)) return false;
    return ts.isImportSpecifier(binding.declaration) || functionOf(file, binding) !== undefined;
  }
}
