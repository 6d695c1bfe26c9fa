import type ts from 'typescript';
import { calleeName, isDurableBinding, isPureGlobal, localFunctionOf, PRIMITIVES } from '../body/callees.ts';
import { originOf } from '../file/origins.ts';
import { calleeOf, isFunctionNode, unwrap, wrapped } from '../syntax/nodes.ts';
import { holdsAwait } from './call-modes.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3c. `AbortSignal.timeout(ms)` in workflow code is a durable wait. A signal that is made for a single step, as in `await
 * fetch(url, { signal: AbortSignal.timeout(5000) })`, needs no record.
 */
export function planDeadline(planner: Planner, call: ts.CallExpression, scope: FunctionScope): void {
  const { plan, names, file } = planner;
  const name = calleeName(file, call.expression);
  const isOneSteps = isForStep(planner, call) || isHeldForStep(planner, call);
  // Should the step turn out to be workflow code, the signal is a wait after all.
  if (isOneSteps) names.note(name, call);
  const args = isOneSteps ? `${JSON.stringify(name)}, true` : names.site(name, 'sleep', call);
  plan.callee(call, { parts: [`${scope.use()}.deadline(${args})`], holes: [] });
  for (const argument of call.arguments) planner.visit(argument, scope);
}

/** `const signal = AbortSignal.timeout(ms); await fetch(url, { signal })`, with no wait in between. */
function isHeldForStep(planner: Planner, call: ts.CallExpression): boolean {
  const { file, body } = planner;
  const { ts, nodes } = file;
  const { parent: declaration } = wrapped(ts, call);
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
  const [use, more] = nodes.usesOf(declaration.name).filter((one) => one !== declaration.name);
  if (!use || more || use.pos < declaration.end || !isForStep(planner, use)) return false;
  // Once for each signal.
  const block = declaration.parent.parent.parent;
  for (let at: ts.Node = use.parent; at !== block; at = at.parent) {
    if (at === body.durable.node || isFunctionNode(ts, at) || ts.isIterationStatement(at, false))
      return false;
  }
  let waits = false;
  nodes.walk(block, (node) => {
    if (node.end > use.pos && node.pos > use.pos) return false;
    const isBetween = node.pos >= declaration.end && node.end <= use.pos;
    const isWait = ts.isAwaitExpression(node) || ts.isYieldExpression(node);
    if (isBetween && (isWait || (ts.isForOfStatement(node) && node.awaitModifier))) waits = true;
    return undefined;
  });
  return !waits;
}

/** Whether a value is used only in the arguments of what seems to be a step. */
function isForStep(planner: Planner, value: ts.Expression): boolean {
  const { file, flow, body } = planner;
  const { ts } = file;
  for (let at: ts.Node = value; ; at = at.parent) {
    const { parent } = at;
    if (isPart(parent)) continue;
    if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return false;
    if (!parent.arguments?.includes(at as ts.Expression)) return false;
    const origin = originOf(file, parent.expression);
    if (origin === 'AbortSignal.any' || origin === 'Request') continue;
    if (ts.isNewExpression(parent) || !(flow.awaited.has(parent) || flow.started.has(parent))) return false;
    return !isWorkflow(parent, origin) && !parent.arguments.some((given) => holdsAwait(planner, given));
  }

  /** A node that passes the value on within one expression. */
  function isPart(node: ts.Node): boolean {
    return (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isPropertyAssignment(node) ||
      ts.isShorthandPropertyAssignment(node) ||
      ts.isObjectLiteralExpression(node) ||
      ts.isArrayLiteralExpression(node) ||
      ts.isSpreadAssignment(node) ||
      ts.isSpreadElement(node) ||
      ts.isConditionalExpression(node)
    );
  }

  function isWorkflow(step: ts.CallExpression, origin: string | undefined): boolean {
    const callee = unwrap(ts, calleeOf(ts, step));
    if (origin !== undefined && PRIMITIVES.has(origin)) return true;
    if (localFunctionOf(body, callee) || isPureGlobal(file, callee)) return true;
    const binding = ts.isIdentifier(callee) ? file.bindings.resolve(callee) : undefined;
    return binding !== undefined && isDurableBinding(body, binding);
  }
}
