import type ts from 'typescript';
import { calleeName, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { COMBINATORS } from '../flow/follow-values.ts';
import { isHeldElsewhere, isPromiseFromElsewhere } from '../flow/foreign-values.ts';
import { isClosure, rootOf, unwrap, unwrapParent } from '../syntax/nodes.ts';
import { holdsAwait } from './call-modes.ts';
import { local } from './local-values.ts';
import type { FunctionScope, Planner } from './planner.ts';

/** Pass 3a. Promises, and lists of promises, that come from outside of the durable function. */

/** A promise of an object or list from outside: its outcome is recorded. */
export function planFromElsewhere(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan, names, body } = planner;
  const { ts } = file;
  if (!isPromiseFromElsewhere(body, node) || holdsAwait(planner, node)) return false;
  const id = names.possible(calleeName(file, node), 'step', node);
  const before = `${local(planner, node, scope)}${scope.use(true)}.maybe.outside(${id}, `;
  const receiver = ts.isPropertyAccessExpression(node) ? unwrap(ts, node.expression) : undefined;
  const after = receiver && ts.isIdentifier(receiver) ? `, ${receiver.text}))` : '))';
  plan.wrap(node, before, after);
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;
}

/** The same for a call: `await jobs.get(name)`, `await ready()` with `const ready = () => client.ready`. */
export function planCallFromElsewhere(
  planner: Planner,
  call: ts.CallExpression,
  id: () => string,
  isAwaited: boolean,
  scope: FunctionScope,
): boolean {
  const { plan, body } = planner;
  if (!isPromiseFromElsewhere(body, call) || holdsAwait(planner, call)) return false;
  const head = isAwaited ? local(planner, call, scope) : '';
  plan.wrap(call, `${head}${scope.use(true)}.maybe.outside(${id()}, `, isAwaited ? '))' : ')');
  return true;
}

/** A list from outside whose promises are awaited. */
export function planListFromElsewhere(planner: Planner, list: ts.Expression, scope: FunctionScope): void {
  const head = listFromElsewhere(planner, list, scope);
  if (head !== undefined) planner.plan.wrap(list, head, ')');
}

/** The start of the call around such a list; undefined for other lists. */
export function listFromElsewhere(
  planner: Planner,
  list: ts.Expression,
  scope: FunctionScope,
): string | undefined {
  const { file, names, body } = planner;
  if (holdsAwait(planner, list) || isListOfData(planner, list)) return undefined;
  if (!isHeldElsewhere(body, list)) return undefined;
  return `${scope.use(true)}.maybe.outsideAll(${names.possible(calleeName(file, list), 'step', list)}, `;
}

/** Warns of lists of promises that a foreign function returns: none of these promises is one of our steps. */
export function checkPromiseList({ file, body }: Planner, list: ts.Expression): void {
  const { ts } = file;
  const value = unwrap(ts, list);
  if (!ts.isCallExpression(value) || isPureGlobal(file, value.expression)) return;
  const root = rootOf(ts, value.expression);
  if (localFunctionOf(body, value.expression) || !ts.isIdentifier(root)) return;
  // A helper calls closures that it receives, and their calls are steps.
  if (isHelperCall(body, value) || value.arguments.some((argument) => isClosure(ts, unwrap(ts, argument))))
    return;
  const binding = file.bindings.resolve(root);
  if (binding && body.isLocal(binding)) return;
  const text = value.getText(file.sourceFile).replace(/\s+/g, ' ').slice(0, 60);
  file.reporter.report('promisesFromHelper', value, text);
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

/** `Promise.all([client.ready])` */
export function isCombined(file: FileContext, node: ts.Expression): boolean {
  const { ts } = file;
  const list = unwrapParent(ts, node);
  if (!ts.isArrayLiteralExpression(list)) return false;
  const call = unwrapParent(ts, list);
  return ts.isCallExpression(call) && COMBINATORS.test(originOf(file, call.expression) ?? '');
}
