import type ts from 'typescript';
import { calleeName, originOf } from './callees.ts';
import { touchesOf } from './check-steps.ts';
import type { FunctionScope, Planner } from './plan-body.ts';
import { holdsAwait } from './plan-calls.ts';
import { planChain } from './plan-chains.ts';
import { isClosure, isImportCall, rootOf, unwrap, walk } from './syntax.ts';

/**
 * Pass 3a. Operands of `await` that are no calls: a foreign promise is a step, one from a local variable is left alone
 * but for a check at run time.
 */
export function planAwaited(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, flow, plan, body } = planner;
  const { ts } = file;
  if (ts.isNewExpression(node)) return planNew(planner, node, flow.awaited.has(node), scope);
  if (flow.returned.has(node) && !flow.awaited.has(node)) return planReturned(planner, node, scope);
  if (!flow.awaited.has(node)) return false;
  if (ts.isIdentifier(node)) {
    const binding = file.bindings.resolve(node);
    if (binding && body.isLocal(binding)) plan.wrap(node, local(planner, node, scope), ')');
    else if (binding) settle();
    else if (!/^(undefined|NaN|Infinity)$/.test(node.text)) settle();
    return true;
  }
  if (ts.isYieldExpression(node)) {
    // Whoever resumes the generator hands in the value.
    plan.wrap(node, `${scope.use()}.local("await yield", `, ')');
    ts.forEachChild(node, (child) => planner.visit(child, scope));
    return true;
  }
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const root = rootOf(ts, node);
  if (hasCall(node) && planChain(planner, node, 'await', scope) === 'planned') return true;
  const binding = ts.isIdentifier(root) ? file.bindings.resolve(root) : undefined;
  const foreign =
    root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword
      ? body.isOwnThis(root)
      : ts.isIdentifier(root) && !(binding && body.isLocal(binding));
  if (foreign) {
    settle();
    return true;
  }
  plan.wrap(node, local(planner, node, scope), ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;

  function settle(): void {
    // An `await` can't stand in a thunk.
    if (flow.handedOut.has(node) || holdsAwait(planner, node)) {
      const given = local(planner, node, scope, 'given');
      plan.wrap(node, given, ')');
      return ts.forEachChild(node, (child) => planner.visit(child, scope));
    }
    const id = planner.names.site(calleeName(file, node), 'step', node);
    plan.wrap(node, `${scope.use()}.read(${id}, () => `, ')');
  }

  function hasCall(expression: ts.Expression): boolean {
    let at = unwrap(ts, expression);
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = unwrap(ts, at.expression);
    return (ts.isCallExpression(at) && !isImportCall(ts, at)) || ts.isTaggedTemplateExpression(at);
  }
}

/** What an async function returns by a name: nobody knows what kind of promise it is. */
function planReturned(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan, body } = planner;
  const { ts } = file;
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return false;
  const root = rootOf(ts, node);
  const binding = ts.isIdentifier(root) ? file.bindings.resolve(root) : undefined;
  if (binding && isDeclared(binding.declaration)) return false;
  const own = root.kind === ts.SyntaxKind.ThisKeyword && body.isOwnThis(root);
  const outside = binding ? !body.isLocal(binding) : own;
  if (!outside && !ts.isIdentifier(node)) return false;
  plan.wrap(node, local(planner, node, scope, outside ? 'given' : 'local'), ')');
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;

  /** What is surely no promise. */
  function isDeclared(declaration: ts.Node): boolean {
    return (
      ts.isFunctionDeclaration(declaration) ||
      ts.isClassDeclaration(declaration) ||
      ts.isEnumDeclaration(declaration)
    );
  }
}

/** The head of a call that hands an awaited value through. Its key has a space in it, so it can't be taken for a site. */
export function local(
  planner: Planner,
  node: ts.Expression,
  scope: FunctionScope,
  method: 'local' | 'given' = 'local',
): string {
  const { ts } = planner.file;
  const named = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression : node;
  return `${scope.use()}.${method}(${JSON.stringify(`await ${calleeName(planner.file, named)}`)}, `;
}

/** `new Promise(...)`: a timer is a durable wait, a callback API is a step, the rest is workflow code. */
function planNew(planner: Planner, node: ts.NewExpression, awaited: boolean, scope: FunctionScope): boolean {
  const { file, plan, names, body } = planner;
  const { ts } = file;
  if (originOf(file, node.expression) === 'AsyncDisposableStack') {
    file.reporter.report('unsupported', node, '`AsyncDisposableStack`', 'Use `await using`, or try/finally.');
  }
  const executor = node.arguments?.[0] && unwrap(ts, node.arguments[0]);
  if (originOf(file, node.expression) === 'Promise' && executor && isClosure(ts, executor)) {
    const timer = timerOf(planner, executor);
    if (timer) {
      const id = names.site('setTimeout', 'sleep', node);
      plan.replace(node, [`${scope.use()}.delay(${id})(`, ')'], [timer]);
      planner.visit(timer, scope);
      return true;
    }
    if (touchesOf(body, [executor], true).length === 0 && callsOut(planner, executor)) {
      const id = names.site('Promise', 'step', node);
      if (awaited) plan.wrap(node, `${scope.use()}.read(${id}, () => `, ')');
      else plan.wrap(node, `${scope.use()}.start(${id}, () => `, ')()');
      return true;
    }
  }
  if (!awaited && originOf(file, node.expression) !== 'Promise') return false;
  if (awaited) plan.wrap(node, local(planner, node, scope), ')');
  if (
    originOf(file, node.expression) === 'Promise' &&
    executor &&
    isClosure(ts, executor) &&
    callsOut(planner, executor)
  ) {
    file.reporter.report('tangledExecutor', executor);
  }
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  return true;
}

/** The milliseconds of `(resolve) => setTimeout(resolve, ms)`, in one of its usual spellings. */
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

/** Whether a function calls anything that is written outside the durable function and not a plain builtin. */
function callsOut(planner: Planner, fn: ts.ArrowFunction | ts.FunctionExpression): boolean {
  const { ts, bindings } = planner.file;
  let out = false;
  walk(ts, fn.body, (node) => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const root = rootOf(ts, node.expression);
    if (!ts.isIdentifier(root)) return;
    const binding = bindings.resolve(root);
    if (
      binding
        ? !planner.body.isLocal(binding)
        : !/^(Math|JSON|Object|Array|Number|String|Boolean|Symbol|Map|Set|Error|TypeError|RangeError|Promise|console|Date)$/.test(
            root.text,
          )
    ) {
      out = true;
    }
  });
  return out;
}
