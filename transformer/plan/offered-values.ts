import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { calleeName, functionOf, isFromOutside } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import { isHeldElsewhere, isPromiseFromElsewhere } from '../flow/foreign-values.ts';
import { ADDERS } from '../syntax/method-names.ts';
import { isAssignment, isClosure, isLogical, unwrap, unwrapParent } from '../syntax/nodes.ts';
import { holdsAwait } from './call-modes.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3a. Promises from outside that come to one place together with promises of the function: `const all = [client.ready,
 * work()]`, `await (cached ?? work())`. Where they are awaited nothing tells them apart, so they are steps from where the
 * function takes them.
 */
export function planOffered(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, flow, plan, names, body } = planner;
  const { ts } = file;
  if (!flow.offered.has(node) || holdsAwait(planner, node) || isKnownWhereUsed(body, node)) return false;
  if (ts.isSpreadElement(node)) {
    if (!isFromOutside(body, node.expression) && !isHeldElsewhere(body, node.expression)) return false;
    wrap(node.expression, 'outsideAll');
    planner.visit(node.expression, scope);
    return true;
  }
  if (!isFromOutside(body, node) ? !isPromiseFromElsewhere(body, node) : !mayBePromise(file, node))
    return false;
  // The name of something imported is another one in CommonJS.
  const receiver = ts.isPropertyAccessExpression(node) ? unwrap(ts, node.expression) : undefined;
  const isNamed = receiver && ts.isIdentifier(receiver) && !isFromOutside(body, node);
  wrap(node, 'outside', isNamed ? `, ${receiver.text})` : ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;

  function wrap(value: ts.Expression, method: string, after = ')'): void {
    const id = names.possible(calleeName(file, value), 'call', node);
    plan.wrap(value, `${scope.use(true)}.maybe.${method}(${id}, `, after);
  }
}

/** Whether the name or the collection that gets a value shows that its promises come from elsewhere. */
function isKnownWhereUsed(body: Body, node: ts.Expression): boolean {
  const { ts } = body.file;
  let at: ts.Node = node;
  for (;;) {
    const holder = unwrapParent(ts, at);
    if (ts.isVariableDeclaration(holder)) return ts.isIdentifier(holder.name) && isKnown(holder.name);
    if (ts.isBinaryExpression(holder) && isAssignment(ts, holder))
      return ts.isIdentifier(holder.left) && isKnown(holder.left);
    if (ts.isCallExpression(holder)) {
      const callee = unwrap(ts, holder.expression);
      // The elements of a list that is mapped are awaited in the closure, if at all.
      if (!ts.isPropertyAccessExpression(callee)) return false;
      return ADDERS.has(callee.name.text) && isHeldElsewhere(body, callee.expression);
    }
    if (ts.isArrayLiteralExpression(holder) || ts.isObjectLiteralExpression(holder)) {
      if (isHeldElsewhere(body, holder)) return true;
    } else if (
      !ts.isConditionalExpression(holder) &&
      !(ts.isBinaryExpression(holder) && isLogical(ts, holder)) &&
      !ts.isPropertyAssignment(holder) &&
      !ts.isSpreadElement(holder) &&
      !ts.isNewExpression(holder)
    )
      return false;
    at = holder;
  }

  function isKnown(name: ts.Identifier): boolean {
    return isPromiseFromElsewhere(body, name) || isHeldElsewhere(body, name);
  }
}

/** A name of the module that is declared as a function, a class, or data that is written out is no promise. */
function mayBePromise(file: FileContext, node: ts.Expression): boolean {
  const { ts, bindings } = file;
  const binding = ts.isIdentifier(node) ? bindings.resolve(node) : undefined;
  if (binding === undefined) return true;
  const { declaration } = binding;
  const isCalled = (use: ts.Expression): boolean => {
    const { parent } = use;
    return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === use;
  };
  if (ts.isIdentifier(node) && file.nodes.usesOf(node).some(isCalled)) return false;
  if (functionOf(file, binding) || ts.isClassLike(declaration) || ts.isEnumDeclaration(declaration))
    return false;
  const value =
    ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(ts, declaration.initializer);
  if (!value) return true;
  return !(
    ts.isLiteralExpression(value) ||
    ts.isTemplateExpression(value) ||
    ts.isArrayLiteralExpression(value) ||
    ts.isObjectLiteralExpression(value) ||
    isClosure(ts, value)
  );
}
