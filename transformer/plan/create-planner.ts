import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { localFunctionOf } from '../body/callees.ts';
import { originOf } from '../file/origins.ts';
import { settlesCallbacks } from '../flow/escapes.ts';
import {
  calleeOf,
  type FunctionNode,
  functionAround,
  isAssigned,
  isAsync,
  isAsyncGenerator,
  isCall,
  isErased,
  isFunctionNode,
  isImportCall,
  unwrap,
  wrapped,
} from '../syntax/nodes.ts';
import { planAwaited } from './awaits.ts';
import { planBuiltin } from './builtins.ts';
import { planCall } from './calls.ts';
import { planClass, planFunction } from './closures.ts';
import { planResources } from './disposal.ts';
import { planIterable } from './iteration.ts';
import { planObject } from './objects.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3. Visits the body of a durable function in source order and plans each node. The first planner that knows a node takes
 * it, children included.
 */
export function createPlanner(parts: Omit<Planner, 'visit' | 'nextScopeName' | 'tangles'>): Planner {
  const { file } = parts;
  const { ts } = file;
  let scopes = 0;
  const planner: Planner = {
    ...parts,
    tangles: new Map(),
    nextScopeName: () => file.fresh(`$${++scopes}`),
    visit,
  };
  return planner;

  function visit(node: ts.Node, scope: FunctionScope): void {
    if (isErased(ts, node)) return;
    if (isFunctionNode(ts, node)) return planFunction(planner, node, scope);
    if (ts.isClassLike(node)) return planClass(planner, node, scope);
    planAround(planner, node, scope);
    if (ts.isExpression(node) && planExpression(planner, node, scope)) return;
    ts.forEachChild(node, (child) => visit(child, scope));
  }
}

/** Plans text around nodes whose children are planned as well. */
function planAround(planner: Planner, node: ts.Node, scope: FunctionScope): void {
  const { file } = planner;
  const { ts } = file;
  if (ts.isObjectLiteralExpression(node)) planObject(planner, node);
  if (ts.isForOfStatement(node) && node.awaitModifier)
    planIterable(planner, node.expression, 'for await', scope);
  if (ts.isYieldExpression(node) && node.asteriskToken && node.expression && inAsync(ts, node))
    planIterable(planner, node.expression, 'yield*', scope);
  if (ts.isVariableDeclarationList(node)) planResources(planner, node, scope);
  if (ts.isShorthandPropertyAssignment(node) && originOf(file, node.name) === 'console') {
    file.reporter.report('unsupported', node, 'The shorthand `{ console }`', 'Write `{ console: console }`.');
  }
  if (ts.isPropertyAccessExpression(node)) {
    const method = methodValueOf(planner, node);
    const marker = method && isAsyncGenerator(ts, method) ? 'markGenerator' : 'mark';
    if (method) planner.plan.wrap(node, `${planner.runtime}.${marker}(`, ')');
  }
}

/** Returns whether a planner has taken the expression, children included. */
function planExpression(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { ts } = planner.file;
  if (planAwaited(planner, node, scope)) return true;
  const isPossible = planner.flow.possible.references.has(node);
  if (isPossible || planner.flow.references.has(node)) {
    planCallback(planner, node, isPossible, scope);
    return true;
  }
  if (isCall(ts, node)) {
    planCall(planner, node, scope);
    return true;
  }
  if (isImportCall(ts, node)) {
    planner.plan.wrap(node, `${scope.use()}.foreign(`, ')');
    ts.forEachChild(node, (child) => planner.visit(child, scope));
    return true;
  }
  return planBuiltin(planner, node, scope);
}

/** The name of a function that is passed to `map` and the like: each call of it is a step. */
function planCallback(
  planner: Planner,
  node: ts.Expression,
  isPossible: boolean,
  scope: FunctionScope,
): void {
  const { file, names } = planner;
  const text = node.getText(file.sourceFile).replace(/\s+/g, '');
  const name = isPossible ? names.possible(text, 'call', node) : names.site(text, 'step', node);
  const by = isPossible ? `${scope.use(true)}.maybe` : scope.use();
  const holder = wrapped(file.ts, node).parent;
  const settled = file.ts.isCallExpression(holder) && settlesCallbacks(file, holder);
  planner.plan.wrap(node, `${by}.callback(${name}, `, settled ? ', true)' : ')');
}

/** `this.#m` as a value: a private method can't be marked where it is declared. */
function methodValueOf(planner: Planner, node: ts.PropertyAccessExpression): FunctionNode | undefined {
  const { ts } = planner.file;
  const method = ts.isPrivateIdentifier(node.name) ? localFunctionOf(planner.body, node) : undefined;
  if (!method) return undefined;
  const outer = wrapped(ts, node);
  const { parent } = outer;
  if (isCall(ts, parent) && unwrap(ts, calleeOf(ts, parent)) === node) return undefined;
  // It can't be assigned or deleted. Such code stays the error that it is.
  return ts.isDeleteExpression(parent) || isAssigned(ts, outer) ? undefined : method;
}

function inAsync(ts: TypeScript, node: ts.Node): boolean {
  const around = functionAround(ts, node);
  return around !== undefined && isAsync(ts, around);
}
