import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { contains, isFunctionNode, unwrap, walk } from '../syntax/nodes.ts';
import { pathRootOf, targetsOf } from '../syntax/writes.ts';

/**
 * Reports changes that a durable method of instances makes to its `this` and that are lost. `this` belongs to the run, as the
 * arguments do. A replay does not repeat what a step changes in it. The caller outside of the run does not see what the method
 * itself changes, since a run works on a copy.
 */
export function checkReceiver(body: Body, sites: readonly SiteNode[]): void {
  const { durable, file } = body;
  const { ts, reporter } = file;
  if (!durable.ofInstances || !durable.owner) return;
  const changing = changingMethods(body, durable.owner);
  for (const { site, node } of sites) {
    const method = site.kind === 'step' && ts.isCallExpression(node) ? ownMember(body, node) : undefined;
    if (method !== undefined && changing.has(method) && body.isOwnThis(node)) {
      reporter.report('capturedMutation', node, 'this', method);
    }
  }
  // Changes by a step are reported with the step.
  const steps = body.stepCode.flat();
  const first = changesOfThis(body, durable.node).find((node) => !steps.some((step) => contains(step, node)));
  if (first) reporter.report('receiverChange', first);
}

/** The names of the methods of a class, except durable ones, that change their instance. */
function changingMethods(body: Body, owner: ts.ClassLikeDeclaration): ReadonlySet<string> {
  const { file, durableFunctions } = body;
  const { ts } = file;
  const methods = owner.members.filter(
    (member): member is ts.MethodDeclaration =>
      ts.isMethodDeclaration(member) && !durableFunctions.has(member),
  );
  const changing = new Set<string>();
  const calls = new Map<string, string[]>();
  for (const method of methods) {
    const name = method.name.getText(file.sourceFile);
    if (changesOfThis(body, method).length > 0) changing.add(name);
    const called: string[] = [];
    walkOwn(body, method, (node) => {
      const member = ts.isCallExpression(node) ? ownMember(body, node) : undefined;
      if (member !== undefined) called.push(member);
    });
    calls.set(name, called);
  }
  // A method that calls one of them changes the instance as well.
  for (let size = -1; size < changing.size; ) {
    size = changing.size;
    for (const [name, called] of calls) if (called.some((other) => changing.has(other))) changing.add(name);
  }
  return changing;
}

/** `m` in `this.m(...)`. */
function ownMember(body: Body, call: ts.CallExpression): string | undefined {
  const { ts } = body.file;
  const callee = unwrap(ts, call.expression);
  return ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.ThisKeyword
    ? callee.name.text
    : undefined;
}

/** The places where a method assigns to its `this`, or calls a method that changes a collection in it. */
function changesOfThis(body: Body, method: ts.Node): ts.Node[] {
  const { ts } = body.file;
  const found: ts.Node[] = [];
  walkOwn(body, method, (node) => {
    for (const target of targetsOf(ts, node)) if (isOfThis(target)) found.push(node);
    if (!ts.isCallExpression(node)) return;
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee) || !MUTATORS.has(callee.name.text)) return;
    // `this.add(x)` is a method of the class, whatever its name suggests.
    if (callee.expression.kind !== ts.SyntaxKind.ThisKeyword && isOfThis(callee.expression)) found.push(node);
  });
  return found;

  function isOfThis(expression: ts.Expression): boolean {
    return pathRootOf(ts, expression)?.root.kind === ts.SyntaxKind.ThisKeyword;
  }
}

/** The parts of a method that have its `this`. */
function walkOwn(body: Body, method: ts.Node, visit: (node: ts.Node) => void): void {
  const { ts } = body.file;
  walk(ts, method, (node) => {
    visit(node);
    return (
      node === method || !((isFunctionNode(ts, node) && !ts.isArrowFunction(node)) || ts.isClassLike(node))
    );
  });
}
