import type ts from 'typescript';
import type { DiagnosticName } from '../base/diagnostics.ts';
import type { Body } from '../body/body.ts';
import { functionOf, originOf } from '../body/callees.ts';
import {
  type CallNode,
  calleeOf,
  contains,
  isAsync,
  isClosure,
  isFunctionNode,
  unwrap,
} from '../syntax/nodes.ts';

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
    /^fs#\w+(\.native)?$/,
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

/** What to write instead of what is refused, where its diagnostic leaves that open. */
export const IN_STEP = 'Read it in a step: `await step(() => ...)`.';

/** What only looks at the world, of that which `blockingEffect` is reported for. */
const READS =
  /^(fs#(access|exists|[fl]?stat|statfs|readv?|readdir|readFile|readlink|realpath|glob|opendir|createReadStream|openAsBlob)(Sync)?(\.native)?|dns#\w+|(local|session)Storage\.(getItem|key))$/;

/** The words of a diagnostic about what is called, behind its name. */
export const wordsOf = (name: DiagnosticName, origin: string | undefined): readonly string[] => {
  if (name !== 'blockingEffect') return [IN_STEP];
  return origin !== undefined && READS.test(origin)
    ? ['a read of the world', 'repeat it, and may see something else']
    : ['a side effect', 'do it again'];
};

export function refusalOf(origin: string, where: Refused['where']): DiagnosticName | undefined {
  return REFUSED.find((one) => one.where === where && one.origins.test(origin))?.name;
}

export function isRefusedNew(origin: string | undefined): boolean {
  return origin !== undefined && REFUSED_CLASSES.test(origin);
}

/** A call that isn't awaited where it stands; `started` where its promise is used later. */
export interface UnawaitedCall {
  readonly call: CallNode;
  readonly origin: string | undefined;
  readonly started: boolean;
  /** It is a step only if it gives a promise, which syntax doesn't show. */
  readonly quiet: boolean;
}

/**
 * Reports calls that act on the world outside of a step, and calls that give a promise which nobody waits for: every
 * replay would make them again. Gives the calls of which only types can tell.
 */
export function checkEffects(body: Body, calls: readonly UnawaitedCall[]): ts.CallExpression[] {
  const { file } = body;
  const { ts, reporter, sourceFile } = file;
  const unclear: ts.CallExpression[] = [];
  const steps = body.stepCode.flat();
  for (const { call, origin, started } of calls) {
    // Written in the durable function, called by a step.
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

  /** In the executor of a promise, what acts on the world is reported with the whole executor. */
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
