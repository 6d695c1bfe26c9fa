import type ts from 'typescript';
import type { DiagnosticName } from '../diagnostics.ts';
import { functionOf, originOf } from './callees.ts';
import type { Planner } from './plan-body.ts';
import { type CallNode, calleeOf, isAsync, isClosure, isFunctionNode, unwrap } from './syntax.ts';

interface Refused {
  readonly name: DiagnosticName;
  readonly origins: RegExp;
  /** `call`: where it is called and not awaited; `anywhere`: awaiting makes it no step, or it isn't called at all. */
  readonly where: 'call' | 'anywhere';
}

/** What must not be called outside of a step: origins by the diagnostic that says so. */
const REFUSED: readonly Refused[] = [
  {
    name: 'timerInBody',
    origins: /^((timers#)?set(Timeout|Interval|Immediate)|request(AnimationFrame|IdleCallback))$/,
    where: 'call',
  },
  ...[
    // Synchronous, or with callbacks; what is of `fs.promises` can be awaited.
    /^fs#\w+$/,
    /^child_process#\w+$/,
    /^process[.#](exit|abort|kill|reallyExit|chdir|umask|set(e?[ug]id|groups)|on|once|addListener|prependListener|send|disconnect|emitWarning|loadEnvFile)$/,
    /^process[.#](stdout|stderr)\.(write|end)$/,
    /^(net|tls)#(connect|createConnection|createServer)$/,
    /^https?#(request|get|createServer)$/,
    /^http2#(connect|createServer|createSecureServer)$/,
    /^dgram#createSocket$/,
    /^dns#(lookup|lookupService|resolve\w*|reverse)$/,
    /^cluster#(fork|disconnect|setupPrimary)$/,
    /^(local|session)Storage\.\w+$/,
    /^navigator\.sendBeacon$/,
    /^(alert|confirm|prompt)$/,
  ].map((origins) => ({ name: 'blockingEffect', origins, where: 'call' }) as const),
  { name: 'blockingEffect', origins: /^Atomics\.wait(Async)?$/, where: 'anywhere' },
  // Reads of the machine and of chance that the runtime has no stand-in for.
  ...[
    /^crypto#(randomBytes|randomInt|randomFill(Sync)?|generateKey(Pair)?Sync|generatePrimeSync|pseudoRandomBytes)$/,
    /^process[.#](hrtime|hrtime\.bigint|uptime|memoryUsage(\.rss)?|cpuUsage|resourceUsage|availableMemory)$/,
    /^os#(uptime|freemem|loadavg)$/,
    /^v8#getHeapStatistics$/,
  ].map((origins) => ({ name: 'nondeterministic', origins, where: 'call' }) as const),
  { name: 'nondeterministic', origins: /^Temporal\.Now\.\w+$/, where: 'anywhere' },
  { name: 'nondeterministic', origins: /^(perf_hooks#)?performance\.timeOrigin$/, where: 'anywhere' },
];

/** Classes whose constructors open something. */
const REFUSED_CLASSES =
  /^((worker_threads#)?(Worker|BroadcastChannel)|SharedWorker|WebSocket|EventSource|XMLHttpRequest|sqlite#DatabaseSync)$/;

export function refusalOf(origin: string, where: Refused['where']): DiagnosticName | undefined {
  return REFUSED.find((one) => one.where === where && one.origins.test(origin))?.name;
}

export function isRefusedNew(origin: string | undefined): boolean {
  return origin !== undefined && REFUSED_CLASSES.test(origin);
}

/** Reports a call that isn't awaited, and so isn't surely a step, though it acts on the world; true if it did. */
export function checkEffect(planner: Planner, call: CallNode, origin: string | undefined): boolean {
  const { ts, sourceFile, reporter } = planner.file;
  const name = origin === undefined ? undefined : refusalOf(origin, 'call');
  if (name && !isInExecutor(planner, call))
    reporter.report(name, call, calleeOf(ts, call).getText(sourceFile));
  return name !== undefined;
}

/** In the executor of a promise, what acts on the world is reported with the whole executor. */
function isInExecutor({ file, body }: Planner, call: CallNode): boolean {
  const { ts } = file;
  for (let at: ts.Node = call; at !== body.durable.node; at = at.parent) {
    if (isClosure(ts, at) && ts.isNewExpression(at.parent))
      return originOf(file, at.parent.expression) === 'Promise';
  }
  return false;
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
