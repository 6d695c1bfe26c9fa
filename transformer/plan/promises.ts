import type ts from 'typescript';
import { CLEAR, isOwnTimer, SET } from '../body/body-timers.ts';
import { calleeName } from '../body/callees.ts';
import { emittersIn } from '../check/listeners.ts';
import { touchesOf } from '../check/steps.ts';
import { originOf } from '../file/origins.ts';
import { contains, isClosure, rootOf, unwrap, walk } from '../syntax/nodes.ts';
import { local } from './local-values.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3a. `new Promise(...)`: a timer is a durable wait, a callback API is a step. All else is workflow code, in which timers
 * are durable waits that can be cancelled.
 */
export function planNew(
  planner: Planner,
  node: ts.NewExpression,
  awaited: boolean,
  scope: FunctionScope,
): boolean {
  const { file, plan, names, body } = planner;
  const { ts } = file;
  if (originOf(file, node.expression) === 'AsyncDisposableStack') {
    file.reporter.report('unsupported', node, '`AsyncDisposableStack`', 'Use `await using`, or try/finally.');
  }
  const executor = executorOf(planner, node);
  if (executor) {
    const timer = timerOf(planner, executor);
    if (timer) {
      const id = names.site('setTimeout', 'sleep', node);
      plan.replace(node, [`${scope.use()}.delay(${id})(`, ')'], [timer]);
      planner.visit(timer, scope);
      return true;
    }
    const emitters = emittersIn(body, executor);
    // For an executor that changes variables, `checkListeners` warns.
    if (
      emitters.size > 0 &&
      touchesOf(body, [executor], true).every(({ name }) => emitters.has(name.split('.', 1)[0]!))
    ) {
      // Events of an object from outside don't belong to the function: a replay would wait for them to be emitted again.
      const id = names.possible('Promise', 'step', node);
      const begin = `${scope.use(true)}.maybe.start(${id}, () => `;
      if (awaited) plan.wrap(node, `${local(planner, node, scope)}${begin}`, ')())');
      else plan.wrap(node, begin, ')()');
      return true;
    }
    const calls = callsOut(planner, executor);
    if (calls.length > 0 && touchesOf(body, [executor], true).length === 0) {
      const id = names.site('Promise', 'step', node);
      if (awaited) plan.wrap(node, `${scope.use()}.read(${id}, () => `, ')');
      else plan.wrap(node, `${scope.use()}.start(${id}, () => `, ')()');
      return true;
    }
    // Calls in it that are awaited or passed on are steps themselves.
    const { flow } = planner;
    if (calls.some((call) => !flow.awaited.has(call) && !flow.started.has(call)))
      file.reporter.report('tangledExecutor', executor);
    if (holdsTimer(planner, executor)) plan.wrap(executor, `${scope.use()}.executor(`, ')');
  }
  if (!awaited && originOf(file, node.expression) !== 'Promise') return false;
  if (awaited) plan.wrap(node, local(planner, node, scope), ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;
}

/**
 * `setTimeout` in the executor of a promise, or with a callback that only affects what belongs to the function: a durable wait
 * whose callback is workflow code. And `clearTimeout`, if it may be meant for one of those.
 */
export function planTimer(
  planner: Planner,
  call: ts.CallExpression,
  origin: string,
  scope: FunctionScope,
): boolean {
  if (CLEAR.test(origin)) {
    planner.plan.callee(call, { parts: [`${scope.use()}.clearTimer(`, ')'], holes: [call.expression] });
  } else if (SET.test(origin) && (isInExecutor(planner, call) || isOwnTimer(planner.body, call))) {
    const id = planner.names.site(calleeName(planner.file, call.expression), 'sleep', call);
    planner.plan.callee(call, { parts: [`${scope.use()}.timer(${id}, `, ')'], holes: [call.expression] });
  } else return false;
  for (const argument of call.arguments) planner.visit(argument, scope);
  return true;
}

function executorOf(
  { file }: Planner,
  node: ts.NewExpression,
): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const { ts } = file;
  const executor = node.arguments?.[0] && unwrap(ts, node.arguments[0]);
  const found = executor && originOf(file, node.expression) === 'Promise' && isClosure(ts, executor);
  return found ? executor : undefined;
}

function isInExecutor(planner: Planner, call: ts.CallExpression): boolean {
  const { ts } = planner.file;
  for (let at: ts.Node = call; at !== planner.body.durable.node; at = at.parent) {
    const executor = ts.isNewExpression(at) ? executorOf(planner, at) : undefined;
    if (executor && contains(executor, call)) return true;
  }
  return false;
}

function holdsTimer(planner: Planner, executor: ts.Node): boolean {
  const { ts } = planner.file;
  let found = false;
  walk(ts, executor, (node) => {
    if (ts.isCallExpression(node) && SET.test(originOf(planner.file, node.expression) ?? '')) found = true;
  });
  return found;
}

/** The milliseconds of `(resolve) => setTimeout(resolve, ms)`, in one of its usual forms. */
function timerOf(
  planner: Planner,
  executor: ts.ArrowFunction | ts.FunctionExpression,
): ts.Expression | undefined {
  const { ts } = planner.file;
  const [parameter] = executor.parameters;
  if (!parameter || !ts.isIdentifier(parameter.name)) return undefined;
  const resolve = parameter.name.text;
  let value: ts.Expression | undefined;
  if (!ts.isBlock(executor.body)) value = executor.body;
  else {
    const [statement, more] = executor.body.statements;
    if (statement && !more && (ts.isExpressionStatement(statement) || ts.isReturnStatement(statement)))
      value = statement.expression;
  }
  const call = value && unwrap(ts, value);
  const inner = call && ts.isVoidExpression(call) ? unwrap(ts, call.expression) : call;
  if (!inner || !ts.isCallExpression(inner) || inner.arguments.length !== 2) return undefined;
  if (originOf(planner.file, inner.expression) !== 'setTimeout') return undefined;
  const [callback, ms] = inner.arguments;
  if (!callback || !ms || ts.isSpreadElement(ms)) return undefined;
  const handler = unwrap(ts, callback);
  if (ts.isIdentifier(handler)) return handler.text === resolve ? ms : undefined;
  if (!ts.isArrowFunction(handler) || handler.parameters.length > 0) return undefined;
  let body: ts.Node = handler.body;
  if (ts.isBlock(body)) {
    const [only, more] = body.statements;
    if (!only || more || !ts.isExpressionStatement(only)) return undefined;
    body = only.expression;
  }
  const called = ts.isCallExpression(body) && body.arguments.length === 0 && unwrap(ts, body.expression);
  return called && ts.isIdentifier(called) && called.text === resolve ? ms : undefined;
}

/** The calls in a function of something outside the durable function that is not a plain builtin. */
function callsOut(planner: Planner, fn: ts.ArrowFunction | ts.FunctionExpression): ts.Expression[] {
  const { file, body } = planner;
  const { ts, bindings } = file;
  const calls: ts.Expression[] = [];
  walk(ts, fn.body, (node) => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const root = rootOf(ts, node.expression);
    if (!ts.isIdentifier(root)) return;
    const origin = originOf(file, node.expression) ?? '';
    if (SET.test(origin) || CLEAR.test(origin)) return;
    // Errors are made for `reject`, and their constructors start nothing.
    if (ts.isNewExpression(node) && /Error$/.test(calleeName(file, node.expression))) return;
    const binding = bindings.resolve(root);
    if (binding ? !body.isLocal(binding) : !PLAIN.test(root.text)) calls.push(node);
  });
  return calls;
}

const PLAIN = /^(Math|JSON|Object|Array|Number|String|Boolean|Symbol|Map|Set|Promise|console|Date)$/;
