import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { importOf } from '../file/bindings.ts';
import { type FileNames, originOf } from '../file/origins.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { staticKey, unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { followCallee } from './followed-calls.ts';

/**
 * Packages that only call closures in some order: they use promises and microtasks, but no clock, timers or I/O. So they run in
 * the workflow, again on each replay, and calls that their closures await are steps. The source of each was searched for
 * `setTimeout`, `setImmediate`, `nextTick` and clocks.
 */
interface Schedulers {
  /** In the form that `originOf` returns. */
  readonly origins: RegExp;
  /** The result of a call or a `new` schedules closures itself: `const limit = pLimit(2)`. */
  readonly makes?: true;
  /** With options for the age of what it keeps it reads the clock. */
  readonly ages?: true;
}

const FUNCTIONS: readonly Schedulers[] = [
  // A queue of functions, and promises.
  { origins: /^p-limit#(default|\*|limitFunction)$/, makes: true },
  // Loops with `await`, or p-map.
  { origins: /^p-map#(default|\*|pMapSettled|pMapKeyed|pMapSettledKeyed)$/ },
  {
    origins:
      /^p-(all|series|props|each-series|map-series|filter|reduce|settle|times|waterfall|whilst)#(default|\*)$/,
  },
  { origins: /^p-props#pPropsAllSettled$/ },
  // The functions of `async` that count running calls. Not listed: queues and `ensureAsync` (`setImmediate`), `retry`,
  // `timeout`.
  {
    origins:
      /^async#((map|each|forEach|filter|select|reject|some|any|every|all|detect|find|concat|groupBy|times)(Limit|Series)?|((each|forEach)Of|mapValues)(Limit|Series)?|series|parallel(Limit)?|reduce|inject|foldl|reduceRight|foldr|sortBy|transform|waterfall)$/,
  },
  // They keep what the function returned.
  {
    origins: /^lodash(-es)?(#((default|\*)\.)?(once|memoize)|\/(once|memoize)(\.js)?#(default|\*))$/,
    makes: true,
  },
  { origins: /^(underscore|es-toolkit)(#((default|\*)\.)?)(once|memoize)$/, makes: true },
  { origins: /^(p-memoize|memoize-one|onetime)#(default|\*|memoizeOne)$/, makes: true },
  { origins: /^(memoize|mem|moize|micro-memoize)#(default|\*|memoize|moize)$/, makes: true, ages: true },
  // Made for each call, so that nothing is shared.
  {
    origins: /^@supercharge\/promise-pool#(PromisePool|default)\.(for|withConcurrency)$/,
    makes: true,
  },
];

const CLASSES: readonly RegExp[] = [
  // It uses timers only for its options `interval` and `timeout`.
  /^p-queue#(default|PQueue)$/,
  /^async-sema#(Sema|default)$/,
  /^async-mutex#(Mutex|Semaphore)$/,
  /^@supercharge\/promise-pool#(PromisePool|default)$/,
];

/** Options of `new PQueue(...)` without which it uses no timer. */
const OPTIONS_WITHOUT_TIMERS = new Set(['concurrency', 'autoStart']);

/** Methods that make a scheduler use timers: `withTaskTimeout`. */
const TIMED = /timeout|interval|delay/i;

/**
 * Whether a call or a `new` belongs to a package that schedules closures, or calls the result of such a call in this body.
 * Schedulers at module level don't count: other runs use them as well and would change their state.
 */
export function isSchedulerCall(body: Body, node: ts.Node): boolean {
  const { ts } = body.file;
  if (ts.isNewExpression(node)) return isMaker(body, node);
  if (!ts.isCallExpression(node)) return false;
  const known = functionBehind(body.file, node.expression);
  if (known) return !known.ages || hasNoAge(ts, node);
  const callee = unwrap(ts, node.expression);
  if (!ts.isPropertyAccessExpression(callee)) return isMade(body, callee);
  if (CHAINERS.has(callee.name.text) || TIMED.test(callee.name.text)) return false;
  return isMade(body, unwrap(ts, callee.expression));
}

/** Whether the value of an expression is a scheduler that was made in this body. */
function isMade(body: Body, expression: ts.Expression): boolean {
  const { ts, bindings } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return isMaker(body, node);
  const binding = ts.isIdentifier(node) ? bindings.resolve(node) : undefined;
  if (!binding || !body.isLocal(binding)) return false;
  const { declaration } = binding;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
  if (!(declaration.parent.flags & ts.NodeFlags.Const) || !declaration.initializer) return false;
  return isMade(body, declaration.initializer);
}

function isMaker(body: Body, node: ts.CallExpression | ts.NewExpression): boolean {
  const { file } = body;
  const { ts } = file;
  if (ts.isNewExpression(node)) {
    const origin = originBehind(file, node.expression);
    return (
      origin !== undefined &&
      CLASSES.some((known) => known.test(origin)) &&
      (node.arguments ?? []).every((argument) => hasNoTimers(argument))
    );
  }
  const known = functionBehind(file, node.expression);
  if (known?.makes) return !known.ages || hasNoAge(ts, node);
  // A link of a builder: `PromisePool.for(xs).withConcurrency(2)`.
  const callee = unwrap(ts, node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !/^(with|for|use|on|handle)/.test(callee.name.text))
    return false;
  return !TIMED.test(callee.name.text) && isMade(body, callee.expression);

  function hasNoTimers(argument: ts.Expression): boolean {
    const options = unwrap(ts, argument);
    if (!ts.isObjectLiteralExpression(options)) return ts.isNumericLiteral(options);
    return options.properties.every(
      ({ name }) => name !== undefined && ts.isIdentifier(name) && OPTIONS_WITHOUT_TIMERS.has(name.text),
    );
  }
}

/** Whether the options of a call say nothing of an age. Options that aren't written out may. */
function hasNoAge(typescript: TypeScript, { arguments: [, ...options] }: ts.CallExpression): boolean {
  return options.every((option) => {
    const value = unwrap(typescript, option);
    return (
      typescript.isObjectLiteralExpression(value) &&
      value.properties.every(
        ({ name }) => name && typescript.isIdentifier(name) && !/age|expire|ttl|profile/i.test(name.text),
      )
    );
  });
}

/** Whether something with this origin schedules closures, or returns something that does. */
export const isSchedulerOrigin = (origin: string): boolean =>
  FUNCTIONS.some(({ origins }) => origins.test(origin)) || CLASSES.some((known) => known.test(origin));

function functionBehind(file: FileNames, callee: ts.Expression): Schedulers | undefined {
  const origin = originBehind(file, callee);
  return origin === undefined ? undefined : FUNCTIONS.find(({ origins }) => origins.test(origin));
}

/** The origin of an expression, also through aliases and `await import(...)`. */
export function originBehind(file: FileNames, expression: ts.Expression): string | undefined {
  const { ts } = file;
  const node = unwrap(ts, expression);
  const origin = originOf(file, node) ?? dynamicOriginOf(file, node);
  if (origin !== undefined) return origin;
  const followed = followCallee(file, node);
  if (followed && 'origin' in followed) return followed.origin;
  // `const pMap = (await import('p-map')).default`
  const declaration = ts.isIdentifier(node) ? file.bindings.resolve(node)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  return declaration.parent.flags & ts.NodeFlags.Const
    ? dynamicOriginOf(file, unwrap(ts, declaration.initializer))
    : undefined;
}

/** `(await import('m')).name`, `const { name } = await import('m')` and `const m = await import('m')`. */
function dynamicOriginOf(file: FileNames, node: ts.Expression): string | undefined {
  const { ts, bindings } = file;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const key = staticKey(ts, node);
    const holder = unwrap(ts, node.expression);
    const module = importedBy(holder) ?? (ts.isIdentifier(holder) ? moduleIn(holder) : undefined);
    return module === undefined || key === undefined ? undefined : `${module}#${key}`;
  }
  if (!ts.isIdentifier(node)) return undefined;
  const binding = bindings.resolve(node);
  const element = binding?.declaration;
  if (!element || importOf(ts, binding) || !ts.isBindingElement(element) || element.initializer)
    return undefined;
  if (!ts.isObjectBindingPattern(element.parent) || element.dotDotDotToken) return undefined;
  const module = moduleOf(element.parent.parent);
  const name = element.propertyName ?? element.name;
  return module !== undefined && ts.isIdentifier(name) ? `${module}#${name.text}` : undefined;

  function moduleIn(name: ts.Identifier): string | undefined {
    const declaration = bindings.resolve(name)?.declaration;
    return declaration && moduleOf(declaration);
  }

  function moduleOf(declaration: ts.Node): string | undefined {
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    if (!(declaration.parent.flags & ts.NodeFlags.Const)) return undefined;
    return importedBy(unwrap(ts, declaration.initializer));
  }

  function importedBy(awaited: ts.Expression): string | undefined {
    const call = ts.isAwaitExpression(awaited) ? unwrap(ts, awaited.expression) : undefined;
    if (!call || !ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword)
      return undefined;
    const [from] = call.arguments;
    return from && ts.isStringLiteral(from) ? from.text : undefined;
  }
}
