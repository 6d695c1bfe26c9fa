import type ts from 'typescript';
import type { FileNames } from '../file/origins.ts';
import { rootOf, unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { isSchedulerOrigin, originBehind } from './known-schedulers.ts';

/** Why a call of a package is a step although it only calls functions, and what to write if these change variables. */
export interface Caller {
  /** The callee, as written. */
  readonly name: string;
  readonly why: string;
  readonly instead: string;
}

const TIMER = 'it waits by timers of its own';
const RETRY =
  'Give the function a policy, `withPolicy(work, { retry: { attempts: 5, delay: 1000 } })`, and await it here; or write the ' +
  "loop, with `await sleep('1s')` between two attempts.";
const RACE = "Race the work against a durable wait: `await Promise.race([work(), sleep('5s')])`.";
const PACE = "Use p-limit for how many at a time, and `await sleep('1s')` for the pause between them.";

/** Packages that call functions, but can't run in the workflow: a replay would start their timers again. */
const CALLERS: readonly {
  readonly origins: RegExp;
  readonly why: string;
  readonly instead: string;
}[] = [
  {
    origins:
      /^(p-retry|async-retry|promise-retry|ts-retry-promise|exponential-backoff|cockatiel|attempt|@lifeomic\/attempt)#|^async#retry(able)?$/,
    why: TIMER,
    instead: RETRY,
  },
  {
    origins: /^(p-timeout|promise-timeout)#|^async#timeout$|^async-mutex#withTimeout$/,
    why: TIMER,
    instead: RACE,
  },
  {
    origins:
      /^(p-throttle|p-debounce|p-queue|bottleneck|limiter|p-ratelimit|p-memoize|lodash\.(throttle|debounce))#|^async-sema#RateLimit$/,
    why: TIMER,
    instead: PACE,
  },
  { origins: /^(delay|p-min-delay|p-wait-for)#/, why: TIMER, instead: "Write `await sleep('1s')`." },
  {
    origins: /^async#(queue|priorityQueue|cargo|cargoQueue|ensureAsync|memoize|auto)\b/,
    why: 'it goes on by `setImmediate`, not by promises',
    instead: 'Use p-limit or p-queue, or the functions of async that take a list.',
  },
  {
    origins: /^bluebird#/,
    why: 'it goes on by `setImmediate`, not by promises',
    instead: 'Use p-map or p-limit, or `Promise.all`.',
  },
];

/** Those that return a promise from each call, whatever the arguments are. */
const TIMED =
  /^(p-retry|p-timeout|p-wait-for|p-min-delay|async-retry|promise-retry|promise-timeout|ts-retry-promise|exponential-backoff|@lifeomic\/attempt)#(default|\*|pRetry|pTimeout|timeout|retry|promiseRetry|backOff|waitFor)$/;

/**
 * Whether a call is surely a step, also if its promise is used as a value. The functions that it receives run in the step. As
 * workflow code they would be called again by timers, for which a replay would have to wait.
 */
export function isTimedCaller(file: FileNames, callee: ts.Expression): boolean {
  const origin = originBehind(file, callee);
  return origin !== undefined && TIMED.test(origin);
}

const SHARED = {
  why: 'it was made outside of the durable function, and belongs to all runs',
  instead:
    'Make it in the durable function: there its functions are part of the run, and what they await are steps.',
};

/** The package that calls a closure, if there is something to report about it. */
export function callerOf(body: Body, closure: ts.Node): Caller | undefined {
  const { ts, bindings } = body.file;
  let call: ts.Node = unwrapParent(ts, closure);
  while (
    ts.isPropertyAssignment(call) ||
    ts.isObjectLiteralExpression(call) ||
    ts.isArrayLiteralExpression(call)
  )
    call = unwrapParent(ts, call);
  if (!ts.isCallExpression(call)) return undefined;
  const callee = unwrap(ts, call.expression);
  const name = callee.getText(body.file.sourceFile);
  const own = originBehind(body.file, callee);
  const known = own === undefined ? undefined : CALLERS.find(({ origins }) => origins.test(own));
  if (known) return { name, why: known.why, instead: known.instead };
  const root = rootOf(ts, callee);
  const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
  const declaration = binding?.declaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const made = unwrap(ts, declaration.initializer);
  if (!ts.isCallExpression(made) && !ts.isNewExpression(made)) return undefined;
  const maker = originBehind(body.file, made.expression);
  if (maker === undefined) return undefined;
  if (!body.isLocal(binding!) && isSchedulerOrigin(maker)) return { name, ...SHARED };
  const timed = CALLERS.find(({ origins }) => origins.test(maker));
  return timed && { name, why: timed.why, instead: timed.instead };
}
