import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { contains, unwrap } from '../syntax/nodes.ts';

/**
 * Reports limiters, queues and locks of the durable function that a step uses too: a replay skips the step, so they would be in
 * another state.
 */
export function checkSchedulers(body: Body): void {
  const { file, durable } = body;
  const { ts, nodes, reporter } = file;
  const steps = body.stepCode.flat();
  const isInStep = (node: ts.Node): boolean => steps.some((step) => contains(step, node));
  nodes.walk(durable.node, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
    if (!isSchedulerCall(body, unwrap(ts, node.initializer))) return;
    const { name } = node;
    const uses = nodes.usesOf(name).filter((use) => use !== name);
    const inside = uses.find(isInStep);
    if (inside && uses.some((use) => !isInStep(use))) reporter.report('schedulerInStep', inside, name.text);
  });
}
