import type ts from 'typescript';
import type { DiagnosticName } from '../diagnostics.ts';
import { functionOf } from './callees.ts';
import type { Planner } from './plan-body.ts';
import { type CallNode, calleeOf, isAsync, isFunctionNode, unwrap } from './syntax.ts';

/** What must not be called outside of a step: origins by the diagnostic that says so. */
const REFUSED: readonly (readonly [name: DiagnosticName, origins: RegExp])[] = [
  ['timerInBody', /^(timers#)?set(Timeout|Interval|Immediate)$/],
  ['blockingEffect', /^((fs|child_process)#\w+Sync|child_process#(exec|execFile|spawn|fork))$/],
  // Reads of the machine and of chance that the runtime has no stand-in for.
  ['nondeterministic', /^crypto#(randomBytes|randomInt|randomFillSync|generateKeyPairSync|generateKeySync)$/],
  ['nondeterministic', /^process[.#](hrtime|hrtime\.bigint|uptime|memoryUsage|cpuUsage|resourceUsage)$/],
  ['nondeterministic', /^os#(uptime|freemem|loadavg)$/],
];

/** Reports a call that isn't awaited, and so isn't surely a step, though it acts on the world; true if it did. */
export function checkEffect(planner: Planner, call: CallNode, origin: string | undefined): boolean {
  const { ts, sourceFile, reporter } = planner.file;
  const found = origin === undefined ? undefined : REFUSED.find(([, origins]) => origins.test(origin));
  if (found) reporter.report(found[0], call, calleeOf(ts, call).getText(sourceFile));
  return found !== undefined;
}

/** Reports a call that is no step and gives a promise: every replay would call it again. */
export function checkFloating(planner: Planner, call: CallNode, origin: string | undefined): void {
  const { file, body } = planner;
  const { ts, reporter } = file;
  const callee = calleeOf(ts, call);
  if (origin === 'fetch' || isAsyncFunction(callee)) {
    reporter.report('floatingPromise', call, callee.getText(file.sourceFile));
  } else if (ts.isCallExpression(call)) planner.plainCalls.push(call);

  function isAsyncFunction(expression: ts.Expression): boolean {
    const node = unwrap(ts, expression);
    if (!ts.isIdentifier(node)) return false;
    const binding = file.bindings.resolve(node);
    if (!binding || body.isLocal(binding)) return false;
    const fn = functionOf(file, binding);
    return fn !== undefined && isFunctionNode(ts, fn) && isAsync(ts, fn);
  }
}
