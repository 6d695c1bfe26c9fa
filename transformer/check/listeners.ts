import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { isInstanceFromElsewhere } from '../flow/foreign-values.ts';
import { contains, isClosure, unwrap, walk } from '../syntax/nodes.ts';
import { touchesOf } from './steps.ts';

export const LISTENING = /^(on|once|addListener|prependListener|addEventListener)$/;
const TELLING = /^(emit|dispatchEvent)$/;

/**
 * The names of objects on which a node registers listeners, that the function makes of a class from outside, and on which it
 * emits no events itself.
 */
export function emittersIn(body: Body, top: ts.Node): ReadonlySet<string> {
  const { ts } = body.file;
  const found = new Set<string>();
  walk(ts, top, (node) => {
    const name = ts.isCallExpression(node) ? emitterOf(body, node) : undefined;
    if (name !== undefined) found.add(name);
  });
  return found;
}

function emitterOf(body: Body, call: ts.CallExpression): string | undefined {
  const { ts, bindings, nodes } = body.file;
  const callee = unwrap(ts, call.expression);
  if (!ts.isPropertyAccessExpression(callee) || !LISTENING.test(callee.name.text)) return undefined;
  const object = unwrap(ts, callee.expression);
  const declaration = ts.isIdentifier(object) ? bindings.resolve(object)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name))
    return undefined;
  const made = declaration.initializer && unwrap(ts, declaration.initializer);
  if (!made || !ts.isNewExpression(made) || !isInstanceFromElsewhere(body, made)) return undefined;
  // A queue that is made in the workflow emits events of the workflow.
  if (isSchedulerCall(body, made)) return undefined;
  const isTold = nodes
    .usesOf(declaration.name)
    .some(({ parent }) => ts.isPropertyAccessExpression(parent) && TELLING.test(parent.name.text));
  return isTold ? undefined : declaration.name.text;
}

/** Warns of listeners that change variables of the function: the journal does not record when they are called. */
export function checkListeners(body: Body): void {
  const { ts, nodes, reporter, sourceFile } = body.file;
  const steps = body.stepCode.flat();
  nodes.walk(body.durable.node, (node) => {
    if (!ts.isCallExpression(node) || steps.some((step) => contains(step, node))) return;
    const emitter = emitterOf(body, node);
    if (emitter === undefined) return;
    for (const argument of node.arguments) {
      const listener = unwrap(ts, argument);
      if (!isClosure(ts, listener)) continue;
      const changed = touchesOf(body, [listener], false).find(({ name }) => name !== emitter);
      if (changed)
        reporter.report('listenerChanges', node, node.expression.getText(sourceFile), changed.name, emitter);
    }
  });
}
