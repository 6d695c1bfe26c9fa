import type ts from 'typescript';
import { isAbort } from '../body/body-timers.ts';
import { isBuiltinRead } from '../body/builtins.ts';
import {
  calleeName,
  isBindCall,
  isDurableBinding,
  isForeign,
  isHelperCall,
  isMadeOutside,
  isPureGlobal,
  localFunctionOf,
} from '../body/callees.ts';
import { isTimedCaller } from '../body/known-callers.ts';
import { usesText } from '../body/used-variables.ts';
import { originOf } from '../file/origins.ts';
import { isPromiseFromElsewhere } from '../flow/foreign-values.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import {
  type CallNode,
  calleeOf,
  isAssignment,
  isAsync,
  isGenerator,
  rootOf,
  unwrap,
  unwrapParent,
} from '../syntax/nodes.ts';
import { visitArguments } from './arguments.ts';
import { type CallMode, isPossible, nameCall, ownerOf } from './call-modes.ts';
import { type CalleeShape, calleeShape, calleeTemplate } from './callee-shape.ts';
import { planChain } from './chains.ts';
import { isCombined, planCallFromElsewhere, planFromElsewhere } from './foreign-values.ts';
import { planIterable } from './iteration.ts';
import { local } from './local-values.ts';
import { needsLinks, planLinks } from './optional-chains.ts';
import { isBaseOfChain, isChainOfWorkflow, planBaseOfChain } from './outside-chains.ts';
import type { FunctionScope, Planner } from './planner.ts';
import { planPrimitive } from './primitives.ts';
import { planScheduler } from './schedulers.ts';

/**
 * Pass 3b. Calls: which of them are steps, waits and combinators. The callee of a step is passed to the runtime. The arguments
 * stay where they are, so they are evaluated in the workflow and in JavaScript's order.
 */

export function planCall(planner: Planner, call: CallNode, scope: FunctionScope): void {
  const { file, flow, body, names } = planner;
  const { ts } = file;
  const possible = flow.possible.calls.get(call);
  const mode: CallMode = flow.awaited.has(call)
    ? 'await'
    : flow.started.has(call)
      ? flow.membersUsed.has(call)
        ? 'used'
        : 'start'
      : (possible?.mode ?? 'plain');
  const callee = calleeOf(ts, call);
  const origin = originOf(file, callee);

  if (ts.isCallExpression(call) && origin !== undefined && planPrimitive(planner, call, origin, scope))
    return;
  if (planScheduler(planner, call, scope)) return;
  const inner = localFunctionOf(body, callee);
  if (ts.isCallExpression(call) && isUsedAsPromise(planner, call, mode)) {
    const isAwaited = flow.awaited.has(call);
    const id = (): string =>
      isAwaited && !inner
        ? nameCall(planner, callee, 'step', call, call)
        : names.possible(calleeName(file, callee), 'step', call);
    if (planCallFromElsewhere(planner, call, id, isAwaited || flow.returned.has(call), scope))
      return visitPlain(planner, call, scope);
  }
  const known =
    inner !== undefined || isPureGlobal(file, callee) || isBuiltinRead(file, callee) || isAbort(body, call);
  // A function that returns its argument may return a foreign thenable.
  const opaque = inner
    ? mode === 'await' && !isAsync(ts, inner)
    : flow.started.has(call) && mode !== 'await' && flow.returned.has(call);
  if (inner && isGenerator(inner) && isAsync(ts, inner) && !ts.isIdentifier(unwrap(ts, callee)))
    planner.plan.wrap(call, `${planner.runtime}.markIterator(`, ')');
  const [first] = ts.isCallExpression(call) ? call.arguments : [];
  if (origin === 'Array.fromAsync' && first) planIterable(planner, first, origin, scope);
  if (opaque) planner.plan.wrap(call, local(planner, call as ts.CallExpression, scope), ')');
  if (
    mode === 'plain' ||
    known ||
    (mode !== 'await' && ts.isCallExpression(call) && isHelperCall(body, call))
  ) {
    if (!known) planner.unawaited.push({ call, origin, started: false, possible: false });
    return visitPlain(planner, call, scope);
  }
  if (mode !== 'await') noteUnawaited(planner, call, !isDropped(planner, call), possible !== undefined);
  if (ts.isCallExpression(call) && isChainOfWorkflow(planner, call)) return visitPlain(planner, call, scope);
  const chain = ts.isCallExpression(call) ? planChain(planner, call, mode, scope) : undefined;
  if (chain === 'planned') return;
  if (chain === 'links' || isChainer(planner, callee)) return visitPlain(planner, call, scope);
  planStep(planner, call, mode, scope);
}

function isUsedAsPromise({ flow, file }: Planner, call: ts.CallExpression, mode: CallMode): boolean {
  return mode !== 'plain' || flow.returned.has(call) || isCombined(file, call);
}

/** `.then` on something that is not a call: the promise was made elsewhere. */
function isChainer(planner: Planner, callee: ts.Expression): boolean {
  const { ts } = planner.file;
  const node = unwrap(ts, callee);
  if (!ts.isPropertyAccessExpression(node) || !CHAINERS.has(node.name.text)) return false;
  const root = rootOf(ts, node.expression);
  if (!ts.isIdentifier(root)) return true;
  const binding = planner.file.bindings.resolve(root);
  return binding !== undefined && planner.body.isLocal(binding);
}

function planStep(planner: Planner, call: CallNode, mode: CallMode, scope: FunctionScope): void {
  const { file, body } = planner;
  const { ts } = file;
  const callee = calleeOf(ts, call);
  const binding = ts.isIdentifier(callee) ? file.bindings.resolve(callee) : undefined;
  const child = binding !== undefined && isDurableBinding(body, binding);
  // Code that a possible step receives is workflow code, unless the call is known to be a step.
  const possible = isPossible(mode) && !isTimedCaller(file, callee);
  const id = nameCall(planner, callee, child ? 'child' : 'step', call, call);
  const handed = ts.isCallExpression(call) ? call.arguments : [call.template];
  const owner = (): string =>
    ownerOf(possible ? scope.use(true) : `${scope.use()}${usesText(body, call, handed)}`, mode);
  if (needsLinks(planner, callee)) {
    const missing = ts.isCallExpression(call) && call.questionDotToken !== undefined;
    const { parts, holes } = planLinks(planner, callee, missing, scope);
    const last = `${parts.at(-1)}.${mode === 'await' ? 'call' : 'start'}(${owner()}, ${id})`;
    planner.plan.callee(call, { parts: [...parts.slice(0, -1), last], holes });
    return visitStepArguments();
  }
  const shape = calleeShape(planner, callee);
  const target = unwrap(ts, callee);
  const missing = {
    receiver:
      (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) &&
      target.questionDotToken !== undefined,
    function: ts.isCallExpression(call) && call.questionDotToken !== undefined,
  };
  const [method, after] = stepMethod(shape, mode, missing);
  planner.plan.callee(
    call,
    calleeTemplate(shape, `${owner()}.${method}(${id}, `, after),
    missing.receiver && !missing.function,
  );
  for (const hole of calleeTemplate(shape, '', '').holes) planner.visit(hole, scope);
  visitStepArguments();

  function visitStepArguments(): void {
    if (ts.isCallExpression(call))
      // Until a possible step has returned, it is not known whether it is a step. It may call its arguments before.
      visitArguments(
        planner,
        call,
        !possible && (isForeign(body, callee) || isMadeOutside(body, callee)),
        scope,
      );
    else planner.visit(call.template, scope);
  }
}

/** Notes a call to be checked, with the calls of its receiver: they may all become one step. */
function noteUnawaited(planner: Planner, call: CallNode, started: boolean, possible: boolean): void {
  const { ts } = planner.file;
  planner.unawaited.push({ call, origin: originOf(planner.file, calleeOf(ts, call)), started, possible });
  for (let at = unwrap(ts, calleeOf(ts, call)); ; at = unwrap(ts, at)) {
    if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = at.expression;
    else if (ts.isCallExpression(at)) {
      planner.unawaited.push({
        call: at,
        origin: originOf(planner.file, at.expression),
        started: true,
        possible,
      });
      at = at.expression;
    } else return;
  }
}

/** Whether the value of a call is dropped. */
function isDropped({ file }: Planner, call: CallNode): boolean {
  const { ts } = file;
  let at: ts.Node = call;
  let holder = unwrapParent(ts, at);
  // `x && f()`, `x ? f() : g()`
  while (ts.isConditionalExpression(holder) || ts.isBinaryExpression(holder)) {
    if (ts.isBinaryExpression(holder) && isAssignment(ts, holder))
      return ts.isIdentifier(holder.left) && file.nodes.usesOf(holder.left).length < 2;
    at = holder;
    holder = unwrapParent(ts, at);
  }
  if (ts.isVariableDeclaration(holder))
    return ts.isIdentifier(holder.name) && file.nodes.usesOf(holder.name).length < 2;
  return ts.isExpressionStatement(holder) || ts.isVoidExpression(holder);
}

/** The runtime's method for a step, and the end of its arguments. */
function stepMethod(
  shape: CalleeShape,
  mode: CallMode,
  missing: { readonly receiver: boolean; readonly function: boolean },
): readonly [method: string, after: string] {
  const optional = missing.receiver || missing.function;
  const base =
    shape.kind === 'member' ? (optional ? 'optionalMethod' : 'method') : optional ? 'optional' : 'call';
  const which = missing.receiver ? (missing.function ? 'both' : 'receiver') : 'function';
  const after = base === 'optionalMethod' ? `, "${which}")` : ')';
  if (mode === 'await') return [base, after];
  return [base === 'call' ? 'start' : `start${base[0]?.toUpperCase()}${base.slice(1)}`, after];
}

/** A call that stays as it is and runs in the workflow. */
function visitPlain(planner: Planner, call: CallNode, scope: FunctionScope): void {
  const { ts } = planner.file;
  if (ts.isCallExpression(call) && isBindCall(planner.body, call)) {
    const { expression } = unwrap(ts, call.expression) as ts.PropertyAccessExpression;
    planner.plan.callee(call, { parts: [`${planner.runtime}.bindFunction(`, ')'], holes: [expression] });
    planner.visit(expression, scope);
    return visitArguments(planner, call, false, scope);
  }
  const callee = unwrap(ts, calleeOf(ts, call));
  const chained = ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
  // Waiting for a thenable may start its work.
  const isElsewhere =
    chained &&
    !ts.isOptionalChain(unwrap(ts, callee.expression)) &&
    isPromiseFromElsewhere(planner.body, callee.expression);
  const isOutside =
    chained &&
    ts.isCallExpression(call) &&
    isBaseOfChain(planner, callee.expression) &&
    isChainOfWorkflow(planner, call);
  if (!isElsewhere && !isOutside && chained && mayBeLazy(planner, callee))
    planner.plan.wrap(callee.expression, local(planner, callee.expression, scope, 'local', true), ', true)');
  ts.forEachChild(call, (child) => {
    if (isElsewhere && child === calleeOf(ts, call))
      return void planFromElsewhere(planner, callee.expression, scope);
    if (isOutside && child === calleeOf(ts, call)) return planBaseOfChain(planner, callee.expression, scope);
    if (chained && isForeignCallback(planner, call, child)) {
      // As an argument it is foreign code that a replay must not run again.
      const id = planner.names.site(calleeName(planner.file, child as ts.Expression), 'step', child);
      planner.plan.wrap(child, `${scope.use()}.callback(${id}, `, ', true)');
    } else planner.visit(child, scope);
  });
}

/**
 * `q.then(...)` with a `q` of the function, or with the return value of a synchronous function of the body: its kind is not
 * known.
 */
function mayBeLazy({ file, body }: Planner, callee: ts.PropertyAccessExpression): boolean {
  const { ts, bindings } = file;
  const receiver = unwrap(ts, callee.expression);
  // What `?.` skips ends after the call.
  if (ts.isOptionalChain(receiver)) return false;
  if (ts.isCallExpression(receiver)) {
    const inner = localFunctionOf(body, receiver.expression);
    return inner !== undefined && !isAsync(ts, inner);
  }
  if (!ts.isIdentifier(receiver))
    return ts.isPropertyAccessExpression(receiver) || ts.isElementAccessExpression(receiver);
  const binding = bindings.resolve(receiver);
  return binding !== undefined && body.isLocal(binding);
}

function isForeignCallback(planner: Planner, call: CallNode, child: ts.Node): boolean {
  const { ts } = planner.file;
  if (!ts.isCallExpression(call) || !call.arguments.includes(child as ts.Expression)) return false;
  const value = unwrap(ts, child as ts.Expression);
  if (ts.isIdentifier(value)) return value.text !== 'undefined' && !localFunctionOf(planner.body, value);
  return ts.isPropertyAccessExpression(value);
}
