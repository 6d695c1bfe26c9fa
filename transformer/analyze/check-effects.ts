import type ts from 'typescript';
import { functionOf } from './callees.ts';
import type { Planner } from './plan-body.ts';
import { type CallNode, calleeOf, isAsync, isFunctionNode, unwrap } from './syntax.ts';

/** Reports calls that run in the workflow, on every replay again, though they have an effect outside of it. */
export function checkPlainCall(planner: Planner, call: CallNode, origin: string | undefined): void {
  const { file, body } = planner;
  const { ts, reporter } = file;
  const callee = calleeOf(ts, call);
  const text = callee.getText(file.sourceFile);
  if (
    origin === 'setTimeout' ||
    origin === 'setInterval' ||
    origin === 'setImmediate' ||
    /^timers#set/.test(origin ?? '')
  ) {
    return reporter.report('timerInBody', call, text);
  }
  if (
    /^(fs|child_process)#\w+Sync$/.test(origin ?? '') ||
    /^child_process#(exec|execFile|spawn|fork)$/.test(origin ?? '')
  ) {
    return reporter.report('blockingEffect', call, text);
  }
  if (origin === 'fetch' || isAsyncFunction(callee)) return reporter.report('floatingPromise', call, text);
  if (ts.isCallExpression(call)) planner.plainCalls.push(call);

  function isAsyncFunction(expression: ts.Expression): boolean {
    const node = unwrap(ts, expression);
    if (!ts.isIdentifier(node)) return false;
    const binding = file.bindings.resolve(node);
    if (!binding || body.isLocal(binding)) return false;
    const fn = functionOf(file, binding);
    return fn !== undefined && isFunctionNode(ts, fn) && isAsync(ts, fn);
  }
}
