import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { calleeName, isFromOutside, localFunctionOf } from '../body/callees.ts';
import { isUnfitForStep } from '../check/steps.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { isClosure, unwrap, unwrapParent } from '../syntax/nodes.ts';
import { local } from './local-values.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3b. `client.ready.then(f).catch(g)`, a chain on a promise from outside. It is a step, as it was in 0.1.0, unless a callback
 * changes variables of the function or waits durably: then the callbacks are workflow code, and only the promise is a step.
 */
export function isChainOfWorkflow(planner: Planner, call: ts.CallExpression): boolean {
  const { file, body } = planner;
  const { ts } = file;
  const links: ts.CallExpression[] = [];
  for (let at: ts.Node = call; isLink(at); at = unwrapParent(ts, unwrapParent(ts, at))) links.push(at);
  let base: ts.Expression = call;
  while (isLink(base)) {
    links.push(base);
    base = receiverOf(base);
  }
  return isBaseOfChain(planner, base) && links.some(({ arguments: callbacks }) => callbacks.some(isUnfit));

  function isLink(node: ts.Node): node is ts.CallExpression {
    if (!ts.isCallExpression(node) || ts.isOptionalChain(node)) return false;
    const callee = unwrap(ts, node.expression);
    return ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
  }

  function receiverOf(link: ts.CallExpression): ts.Expression {
    return unwrap(ts, (unwrap(ts, link.expression) as ts.PropertyAccessExpression).expression);
  }

  function isUnfit(argument: ts.Expression): boolean {
    const callback = unwrap(ts, argument);
    const written = isClosure(ts, callback) ? callback : localFunctionOf(body, callback);
    return written !== undefined && isUnfitForStep(body, written);
  }
}

/** A name from outside, or a member of it without a call on the way. */
export function isBaseOfChain({ file: { ts }, body }: Planner, base: ts.Expression): boolean {
  return !ts.isOptionalChain(unwrap(ts, base)) && isMemberFromOutside(body, base);
}

/** As `isBaseOfChain`, with any `?.` on the way. */
export function isMemberFromOutside(body: Body, base: ts.Expression): boolean {
  const { ts } = body.file;
  let at = unwrap(ts, base);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
    at = unwrap(ts, at.expression);
  return !ts.isCallExpression(at) && isFromOutside(body, base);
}

/** The promise of such a chain. A lazy thenable is a step as well, since `then` starts its work. */
export function planBaseOfChain(planner: Planner, base: ts.Expression, scope: FunctionScope): void {
  const { file, plan, names } = planner;
  const id = names.possible(calleeName(file, base), 'step', base);
  const before = `${local(planner, base, scope)}${scope.use(true)}.maybe.outside(${id}, `;
  plan.wrap(base, before, '), true)');
  file.ts.forEachChild(base, (child) => planner.visit(child, scope));
}
