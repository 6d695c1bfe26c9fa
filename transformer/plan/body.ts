import type ts from 'typescript';
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
 * Pass 3. Walks the body of a durable function in source order and plans what becomes of each node. The first planner
 * that knows a node takes it, children included.
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
    if (ts.isObjectLiteralExpression(node)) planObject(planner, node);
    if (ts.isForOfStatement(node) && node.awaitModifier)
      planIterable(planner, node.expression, 'for await', scope);
    if (ts.isYieldExpression(node) && node.asteriskToken && node.expression && inAsync(node))
      planIterable(planner, node.expression, 'yield*', scope);
    if (ts.isVariableDeclarationList(node)) planResources(planner, node, scope);
    if (ts.isShorthandPropertyAssignment(node) && originOf(file, node.name) === 'console') {
      file.reporter.report(
        'unsupported',
        node,
        'The shorthand `{ console }`',
        'Write `{ console: console }`.',
      );
    }
    if (ts.isPropertyAccessExpression(node)) {
      const method = methodValueOf(node);
      const marker = method && isAsyncGenerator(ts, method) ? 'markGenerator' : 'mark';
      if (method) planner.plan.wrap(node, `${planner.runtime}.${marker}(`, ')');
    }
    if (ts.isExpression(node)) {
      if (planAwaited(planner, node, scope)) return;
      const isQuiet = planner.flow.quiet.references.has(node);
      if (isQuiet || planner.flow.references.has(node)) {
        const { names } = planner;
        const name = isQuiet
          ? names.quiet(nameOf(node), 'call', node)
          : names.site(nameOf(node), 'step', node);
        const by = isQuiet ? `${scope.use(true)}.maybe` : scope.use();
        const holder = wrapped(ts, node).parent;
        const settled = ts.isCallExpression(holder) && settlesCallbacks(file, holder);
        return planner.plan.wrap(node, `${by}.callback(${name}, `, settled ? ', true)' : ')');
      }
      if (isCall(ts, node)) return planCall(planner, node, scope);
      if (isImportCall(ts, node)) return planForeign(node, scope);
      if (planBuiltin(planner, node, scope)) return;
    }
    ts.forEachChild(node, (child) => visit(child, scope));
  }

  function nameOf(node: ts.Expression): string {
    return node.getText(file.sourceFile).replace(/\s+/g, '');
  }

  function planForeign(node: ts.Expression, scope: FunctionScope): void {
    planner.plan.wrap(node, `${scope.use()}.foreign(`, ')');
    ts.forEachChild(node, (child) => visit(child, scope));
  }

  /** `this.#m` as a value: a private method can't be marked where it is declared. */
  function methodValueOf(node: ts.PropertyAccessExpression): FunctionNode | undefined {
    const method = ts.isPrivateIdentifier(node.name) ? localFunctionOf(planner.body, node) : undefined;
    if (!method) return undefined;
    const outer = wrapped(ts, node);
    const { parent } = outer;
    if (isCall(ts, parent) && unwrap(ts, calleeOf(ts, parent)) === node) return undefined;
    // It can't be assigned or deleted, and what is written stays the error that it is.
    return ts.isDeleteExpression(parent) || isAssigned(ts, outer) ? undefined : method;
  }

  function inAsync(node: ts.Node): boolean {
    const around = functionAround(ts, node);
    return around !== undefined && isAsync(ts, around);
  }
}
