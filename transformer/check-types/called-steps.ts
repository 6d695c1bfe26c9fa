import type ts from 'typescript';
import type { Site } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { contains, type FunctionNode, isAssignment, isFunctionNode, unwrapParent } from '../syntax/nodes.ts';
import { implementationOf, isDurableDeclaration } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/** A step, and the function that it calls. */
export interface CalledStep {
  readonly site: Site;
  readonly call: ts.CallExpression;
  readonly fn: FunctionNode;
}

/** The steps that call a function of the program which is written outside of the durable function and is not durable. */
export function calledSteps(
  { ts, checker }: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
): readonly CalledStep[] {
  return sites.flatMap(({ site, node }) => {
    if (site.kind !== 'step' || !ts.isCallExpression(node)) return [];
    const called = checker.getResolvedSignature(node)?.declaration;
    const fn = called && implementationOf(ts, called);
    if (!fn?.body || contains(body.durable.node, fn) || isDurableDeclaration(ts, fn)) return [];
    return [{ site, call: node, fn }];
  });
}

/** Whether a call may be made more than once while a variable has the same value. */
export function comesAgain({ file, durable }: Body, call: ts.Node, variable: ts.Identifier): boolean {
  const { ts } = file;
  const scope = file.bindings.resolve(variable)?.scope;
  for (let at = call; at !== durable.node && at !== scope; at = at.parent)
    if (ts.isIterationStatement(at, false) || isFunctionNode(ts, at)) return true;
  return false;
}

/** `order = await priced(order)`: from here on the variable holds what is in the journal. */
export function isReplacedBy(ts: TypeScript, call: ts.CallExpression, variable: ts.Identifier): boolean {
  const target = unwrapParent(ts, unwrapParent(ts, call));
  return ts.isBinaryExpression(target) && isAssignment(ts, target) && target.left.getText() === variable.text;
}
