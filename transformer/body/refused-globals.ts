/** Functions that must not be called outside of a step, and the words of their diagnostics. */
import type { DiagnosticName } from '../base/diagnostics.ts';

interface Refused {
  readonly name: DiagnosticName;
  readonly origins: RegExp;
  /** `call`: refused if it is called without `await`. `anywhere`: `await` does not make it a step, or it isn't called at all. */
  readonly where: 'call' | 'anywhere';
}

/** Origins that are refused outside of a step, by diagnostic. */
const REFUSED: readonly Refused[] = [
  {
    name: 'timerInBody',
    origins: /^((timers#)?set(Timeout|Interval|Immediate)|request(AnimationFrame|IdleCallback))$/,
    where: 'call',
  },
  ...[
    // Synchronous functions, and functions with callbacks. Those of `fs.promises` can be awaited.
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
  // Reads of the machine and of chance for which the runtime has no replacement.
  ...[
    /^crypto#(randomBytes|randomInt|randomFill(Sync)?|generateKey(Pair)?Sync|generatePrimeSync|pseudoRandomBytes)$/,
    /^process[.#](hrtime|hrtime\.bigint|uptime|memoryUsage(\.rss)?|cpuUsage|resourceUsage|availableMemory)$/,
    /^os#(uptime|freemem|loadavg)$/,
    /^v8#getHeapStatistics$/,
  ].map((origins) => ({ name: 'nondeterministic', origins, where: 'call' }) as const),
  { name: 'nondeterministic', origins: /^Temporal\.Now\.\w+$/, where: 'anywhere' },
  { name: 'nondeterministic', origins: /^(perf_hooks#)?performance\.timeOrigin$/, where: 'anywhere' },
];

/** Classes whose constructors open a resource. */
const REFUSED_CLASSES =
  /^((worker_threads#)?(Worker|BroadcastChannel)|SharedWorker|WebSocket|EventSource|XMLHttpRequest|sqlite#DatabaseSync)$/;

/** What to write instead, if the diagnostic leaves that open. */
export const IN_STEP = 'Read it in a step: `await step(() => ...)`.';

/** Of the functions that `blockingEffect` reports, those that only read. */
const READS =
  /^(fs#(access|exists|[fl]?stat|statfs|readv?|readdir|readFile|readlink|realpath|glob|opendir|createReadStream|openAsBlob)(Sync)?(\.native)?|dns#\w+|(local|session)Storage\.(getItem|key))$/;

/** The words of a diagnostic about a callee, after its name. */
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
