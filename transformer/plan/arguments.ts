import type ts from 'typescript';
import { localFunctionOf } from '../body/callees.ts';
import { checkStepClosure } from '../check/steps.ts';
import { isFunctionNode, isGenerator, unwrap } from '../syntax/nodes.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Visits the arguments of a call. If the callee is foreign, closures in them are part of the step: they stay plain code, and
 * are checked for what a step must not do.
 */
export function visitArguments(
  planner: Planner,
  call: ts.CallExpression,
  foreign: boolean,
  scope: FunctionScope,
): void {
  for (const argument of call.arguments) {
    if (foreign) visitStepArgument(planner, argument, scope);
    else planner.visit(argument, scope);
  }
}

function visitStepArgument(planner: Planner, argument: ts.Expression, scope: FunctionScope): void {
  const { ts } = planner.file;
  const node = unwrap(ts, argument);
  if (isFunctionNode(ts, node) || ts.isClassLike(node)) return checkStepClosure(planner.body, node);
  if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      if (isFunctionNode(ts, property)) checkStepClosure(planner.body, property);
      else if (ts.isPropertyAssignment(property)) visitStepArgument(planner, property.initializer, scope);
      else planner.visit(property, scope);
    }
    return;
  }
  if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) visitStepArgument(planner, element, scope);
    return;
  }
  // A function or generator of the body that is passed by name runs inside the step too.
  const fn = ts.isCallExpression(node)
    ? localFunctionOf(planner.body, node.expression)
    : ts.isIdentifier(node)
      ? localFunctionOf(planner.body, node)
      : undefined;
  if (fn && (ts.isIdentifier(node) || isGenerator(fn))) checkStepClosure(planner.body, fn);
  else if (ts.isIdentifier(node)) checkStepObject(planner, node);
  planner.visit(argument, scope);
}

/** `const options = { onItem: () => {} }`, which is passed by name and has no other use. */
function checkStepObject({ file, body }: Planner, name: ts.Identifier): void {
  const { ts, bindings, nodes } = file;
  const binding = bindings.resolve(name);
  const declaration = binding && body.isLocal(binding) ? binding.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return;
  const value = unwrap(ts, declaration.initializer);
  if (!ts.isObjectLiteralExpression(value)) return;
  const uses = nodes.usesOf(name).filter((use) => use !== declaration.name);
  if (!uses.every(({ parent }) => ts.isCallExpression(parent) || ts.isNewExpression(parent))) return;
  for (const property of value.properties) {
    const member = ts.isPropertyAssignment(property) ? unwrap(ts, property.initializer) : property;
    if (isFunctionNode(ts, member)) checkStepClosure(body, member);
  }
}
