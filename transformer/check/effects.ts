import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { functionOf } from '../body/callees.ts';
import { refusalOf, wordsOf } from '../body/refused-globals.ts';
import type { UnawaitedCall } from '../body/unawaited-calls.ts';
import { originOf } from '../file/origins.ts';
import {
  type CallNode,
  calleeOf,
  contains,
  isAsync,
  isClosure,
  isFunctionNode,
  unwrap,
} from '../syntax/nodes.ts';

/**
 * Reports calls outside of steps that have effects, and calls that return a promise which nothing awaits: each replay would
 * repeat them. Returns the calls that only types can decide.
 */
export function checkEffects(body: Body, calls: readonly UnawaitedCall[]): ts.CallExpression[] {
  const { file } = body;
  const { ts, reporter, sourceFile } = file;
  const unclear: ts.CallExpression[] = [];
  const steps = body.stepCode.flat();
  for (const { call, origin, started } of calls) {
    // Written in the durable function, and called by a step.
    if (steps.some((step) => contains(step, call))) continue;
    const callee = calleeOf(ts, call);
    const name = origin === undefined ? undefined : refusalOf(origin, 'call');
    if (name) {
      if (!isInExecutor(call))
        reporter.report(name, call, callee.getText(sourceFile), ...wordsOf(name, origin));
    } else if (started) continue;
    else if (origin === 'fetch' || isAsyncFunction(callee)) {
      reporter.report('floatingPromise', call, callee.getText(sourceFile));
    } else if (ts.isCallExpression(call)) unclear.push(call);
  }
  return unclear;

  /** Effects in the executor of a promise are reported with the whole executor. */
  function isInExecutor(call: CallNode): boolean {
    for (let at: ts.Node = call; at !== body.durable.node; at = at.parent) {
      if (isClosure(ts, at) && ts.isNewExpression(at.parent))
        return originOf(file, at.parent.expression) === 'Promise';
    }
    return false;
  }

  function isAsyncFunction(expression: ts.Expression): boolean {
    const node = unwrap(ts, expression);
    if (!ts.isIdentifier(node)) return false;
    const binding = file.bindings.resolve(node);
    if (!binding || body.isLocal(binding)) return false;
    const fn = functionOf(file, binding);
    return fn !== undefined && isFunctionNode(ts, fn) && isAsync(ts, fn);
  }
}
