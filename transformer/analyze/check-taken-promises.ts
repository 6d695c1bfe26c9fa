import type ts from 'typescript';
import type { Body } from './body.ts';
import { isForeign, isHelperCall, isPureGlobal, originOf } from './callees.ts';
import { CHAINERS } from './method-names.ts';
import { contains, unwrap, unwrapParent } from './syntax.ts';

/**
 * Reports promises that are taken out of what a call outside of steps gave, and awaited: `const { text } = ask(); await text`.
 * The call is made again on every replay, and nothing is recorded of the promise.
 */
export function checkTakenPromises(body: Body): void {
  const { file, durable } = body;
  const { ts, nodes, reporter } = file;
  const steps = body.stepCode.flat();
  nodes.walk(durable.node, (node) => {
    if (!ts.isVariableDeclaration(node) || ts.isIdentifier(node.name) || !node.initializer) return;
    const call = unwrap(ts, node.initializer);
    if (!ts.isCallExpression(call) || !isAskedOutside(call)) return;
    if (steps.some((step) => contains(step, node))) return;
    for (const name of namesIn(node.name)) {
      const use = nodes.usesOf(name).find((one) => one !== name && isAwaited(one));
      if (use) reporter.report('takenPromise', use, name.text, call.expression.getText(file.sourceFile));
    }
  });

  function isAskedOutside(call: ts.CallExpression): boolean {
    const callee = unwrap(ts, call.expression);
    if (!isForeign(body, callee) || isPureGlobal(file, callee) || isHelperCall(body, call)) return false;
    return !/^(use-durable#|Promise\.)/.test(originOf(file, callee) ?? '');
  }

  function namesIn(pattern: ts.BindingName): readonly ts.Identifier[] {
    if (ts.isIdentifier(pattern)) return [pattern];
    return pattern.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
  }

  /** `await text`, `text.then(...)`, `Promise.all([text])`. */
  function isAwaited(use: ts.Identifier): boolean {
    const parent = unwrapParent(ts, use);
    if (ts.isAwaitExpression(parent)) return true;
    if (ts.isPropertyAccessExpression(parent))
      return CHAINERS.has(parent.name.text) && ts.isCallExpression(unwrapParent(ts, parent));
    if (!ts.isArrayLiteralExpression(parent)) return false;
    const list = unwrapParent(ts, parent);
    return (
      ts.isCallExpression(list) &&
      /^Promise\.(all|allSettled|race|any)$/.test(originOf(file, list.expression) ?? '')
    );
  }
}
