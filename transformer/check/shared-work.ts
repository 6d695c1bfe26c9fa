import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isFromOutside } from '../body/callees.ts';
import { refusalOf } from '../body/refused-globals.ts';
import { originOf } from '../file/origins.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { usesOfConstant } from '../flow/value-uses.ts';
import { contains } from '../syntax/nodes.ts';
import { LISTENING } from './listeners.ts';
import type { TakenPromises } from './promises-in-results.ts';

/**
 * Reports calls whose return value is an object on which the function both registers listeners and awaits methods: a replay
 * repeats the call, while outcomes of the first object are recorded. Warns of listeners on objects from outside: a run that is
 * parked and resumed in the same process registers them twice.
 */
export function checkSharedWork(body: Body, { possible, awaited }: PromiseFlow, taken: TakenPromises): void {
  const { file } = body;
  const { ts, reporter } = file;
  for (const [call, { mode }] of possible.calls) {
    if (mode !== 'object' || !ts.isCallExpression(call) || !taken.isAskedOutside(call)) continue;
    const members = usesOfConstant(file, call).map(({ parent }) => parent);
    if (members.some(isListening) && members.some(isAwaited))
      reporter.report('sharedWork', call, call.expression.getText(file.sourceFile));
  }

  file.nodes.walk(body.durable.node, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !isListening(node) || !isFromOutside(body, node.expression))
      return;
    // `process.on('exit', ...)` is refused as an effect.
    const origin = originOf(file, node);
    if (origin !== undefined && refusalOf(origin, 'call') !== undefined) return;
    if (!body.stepCode.flat().some((step) => contains(step, node)))
      reporter.report('listenerAgain', node.parent, node.getText(file.sourceFile));
  });

  /** `s.on('text', f)` */
  function isListening(member: ts.Node): boolean {
    if (!ts.isPropertyAccessExpression(member) || !LISTENING.test(member.name.text)) return false;
    const { parent } = member;
    if (!ts.isCallExpression(parent) || parent.expression !== member) return false;
    const [event] = parent.arguments;
    return event !== undefined && ts.isStringLiteralLike(event) && !awaited.has(parent);
  }

  /** `await s.whole()` */
  function isAwaited(member: ts.Node): boolean {
    const { parent } = member;
    return ts.isPropertyAccessExpression(member) && ts.isCallExpression(parent) && awaited.has(parent);
  }
}
