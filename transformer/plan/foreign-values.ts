import type ts from 'typescript';
import { calleeName } from '../body/callees.ts';
import { isHeldElsewhere, isPromiseFromElsewhere } from '../flow/foreign-values.ts';
import { unwrap } from '../syntax/nodes.ts';
import { holdsAwait } from './call-modes.ts';
import { local } from './local-values.ts';
import type { FunctionScope, Planner } from './planner.ts';

/** Pass 3a. Promises, and lists of promises, that code outside of the durable function has made. */

/** A promise of an object or a list that code outside has made: what it gives is recorded. */
export function planFromElsewhere(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan, names, body } = planner;
  const { ts } = file;
  if (!isPromiseFromElsewhere(body, node) || holdsAwait(planner, node)) return false;
  const id = names.quiet(calleeName(file, node), 'step', node);
  const before = `${local(planner, node, scope)}${scope.use(true)}.maybe.outside(${id}, `;
  const receiver = ts.isPropertyAccessExpression(node) ? unwrap(ts, node.expression) : undefined;
  const after = receiver && ts.isIdentifier(receiver) ? `, ${receiver.text}))` : '))';
  plan.wrap(node, before, after);
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;
}

/** A list that code outside has made, and whose promises are waited for. */
export function planListFromElsewhere(planner: Planner, list: ts.Expression, scope: FunctionScope): void {
  const { file, plan, names, body } = planner;
  if (!isHeldElsewhere(body, list) || holdsAwait(planner, list) || isListOfData(planner, list)) return;
  const id = names.quiet(calleeName(file, list), 'step', list);
  plan.wrap(list, `${scope.use(true)}.maybe.outsideAll(${id}, `, ')');
}

/** `const names = ['a', 'b']` in the module. */
function isListOfData({ file }: Planner, list: ts.Expression): boolean {
  const { ts, bindings } = file;
  const name = unwrap(ts, list);
  const declaration = ts.isIdentifier(name) ? bindings.resolve(name)?.declaration : undefined;
  if (!declaration) return false;
  if (ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration)) return true;
  const value =
    ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(ts, declaration.initializer);
  if (!value) return false;
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return true;
  return ts.isArrayLiteralExpression(value) && value.elements.length > 0 && value.elements.every(isLiteral);

  function isLiteral(element: ts.Expression): boolean {
    return ts.isLiteralExpression(element) || ts.isObjectLiteralExpression(element);
  }
}
