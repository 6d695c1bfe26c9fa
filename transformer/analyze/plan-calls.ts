import type ts from 'typescript';
import type { SiteKind, Template } from '../plan.ts';
import { isBuiltinRead } from './builtins.ts';
import {
  calleeName,
  isBindCall,
  isForeign,
  isHelperCall,
  isPureGlobal,
  localFunctionOf,
  originOf,
} from './callees.ts';
import { checkPlainCall } from './check-effects.ts';
import { checkStepClosure } from './check-steps.ts';
import { handName } from './name-sites.ts';
import { local } from './plan-awaits.ts';
import type { FunctionScope, Planner } from './plan-body.ts';
import { planChain } from './plan-chains.ts';
import {
  type CallNode,
  calleeOf,
  isAsync,
  isClosure,
  isFunctionNode,
  rootOf,
  staticKey,
  unwrap,
  walk,
} from './syntax.ts';

/**
 * Pass 3b. Calls: which are steps, waits and combinators. A step's callee is handed to the runtime, its arguments stay
 * where they are, so they are evaluated in the workflow and in JavaScript's order.
 */

/** Awaited where it stands, started and used later, or neither. */
export type CallMode = 'await' | 'start' | 'plain';

export function planCall(planner: Planner, call: CallNode, scope: FunctionScope): void {
  const { file, flow, body } = planner;
  const { ts } = file;
  const mode: CallMode = flow.awaited.has(call) ? 'await' : flow.started.has(call) ? 'start' : 'plain';
  const callee = calleeOf(ts, call);
  const origin = originOf(file, callee);

  if (ts.isCallExpression(call) && origin !== undefined && planPrimitive(planner, call, origin, scope))
    return;
  const inner = localFunctionOf(body, callee);
  const known = inner !== undefined || isPureGlobal(file, callee) || isBuiltinRead(file, callee);
  // What hands back a value as it is may hand back a foreign thenable.
  const opaque = inner
    ? mode === 'await' && !isAsync(ts, inner)
    : mode === 'start' && flow.returned.has(call);
  if (opaque) planner.plan.wrap(call, local(planner, call as ts.CallExpression, scope), ')');
  if (
    mode === 'plain' ||
    known ||
    (mode === 'start' && ts.isCallExpression(call) && isHelperCall(body, call))
  ) {
    if (!known) checkPlainCall(planner, call, origin);
    return visitPlain(planner, call, scope);
  }
  const chain = ts.isCallExpression(call) ? planChain(planner, call, mode, scope) : undefined;
  if (chain === 'planned') return;
  if (chain === 'links' || isChainer(planner, callee)) return visitPlain(planner, call, scope);
  planStep(planner, call, mode, scope);
}

/** The functions of this package, timers that become waits, combinators, `bind`. */
function planPrimitive(
  planner: Planner,
  call: ts.CallExpression,
  origin: string,
  scope: FunctionScope,
): boolean {
  const { file, names } = planner;
  const combinator = /^Promise\.(all|allSettled|race|any)$/.exec(origin);
  const spanned = (method: string, id: string): void => {
    edit(
      planner,
      call,
      { parts: [`${scope.use()}.${method}(${id}, `, ')'], holes: [call.expression] },
      false,
    );
    visitArguments(planner, call, method === 'step', scope);
  };
  const site = (kind: SiteKind): string => names.site(calleeName(file, call.expression), kind, call);
  if (combinator) {
    edit(
      planner,
      call,
      { parts: [`${scope.use()}.combinator(${site('combinator')}, "${combinator[1]}")`], holes: [] },
      false,
    );
    checkCombinator(planner, call);
    visitArguments(planner, call, false, scope);
  } else if (origin === 'use-durable#sleep') spanned('sleep', site('sleep'));
  else if (origin === 'timers/promises#setTimeout') spanned('delay', site('sleep'));
  else if (origin === 'use-durable#step') spanned('step', stepName(planner, call));
  else return false;
  return true;
}

/** The id of `step(...)`: the name given by hand, or `step`. */
function stepName(planner: Planner, call: ts.CallExpression): string {
  const { file, names } = planner;
  const [first] = call.arguments;
  const name =
    first && file.ts.isStringLiteralLike(first) ? handName(first.text) : calleeName(file, call.expression);
  return names.site(name, 'step', call);
}

/** A promise that a foreign function made inside a combinator is none of our steps. */
function checkCombinator(planner: Planner, call: ts.CallExpression): void {
  const { file, body } = planner;
  const { ts } = file;
  const [iterable] = call.arguments;
  const value = iterable && unwrap(ts, iterable);
  if (!value || !ts.isCallExpression(value) || isPureGlobal(file, value.expression)) return;
  const root = rootOf(ts, value.expression);
  if (localFunctionOf(body, value.expression) || !ts.isIdentifier(root)) return;
  // A helper that is given closures written here calls them, and what they call are steps.
  if (isHelperCall(body, value) || value.arguments.some((argument) => isClosure(ts, unwrap(ts, argument))))
    return;
  const binding = file.bindings.resolve(root);
  if (binding && body.isLocal(binding)) return;
  file.reporter.report(
    'promisesFromHelper',
    value,
    value.getText(file.sourceFile).replace(/\s+/g, ' ').slice(0, 60),
  );
}

/** `.then` on something that is no call: the promise was made elsewhere. */
function isChainer(planner: Planner, callee: ts.Expression): boolean {
  const { ts } = planner.file;
  const node = unwrap(ts, callee);
  if (!ts.isPropertyAccessExpression(node) || !/^(then|catch|finally)$/.test(node.name.text)) return false;
  const root = rootOf(ts, node.expression);
  if (!ts.isIdentifier(root)) return true;
  const binding = planner.file.bindings.resolve(root);
  return binding !== undefined && planner.body.isLocal(binding);
}

function planStep(planner: Planner, call: CallNode, mode: CallMode, scope: FunctionScope): void {
  const { file, body, names } = planner;
  const { ts, reporter } = file;
  const callee = calleeOf(ts, call);
  const binding = ts.isIdentifier(callee) ? file.bindings.resolve(callee) : undefined;
  const child = binding !== undefined && isDurable(planner, binding.declaration);
  const id = names.site(calleeName(file, callee), child ? 'child' : 'step', call);
  const shape = calleeShape(planner, callee);
  const target = unwrap(ts, callee);
  const missing = {
    receiver:
      (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) &&
      target.questionDotToken !== undefined,
    function: ts.isCallExpression(call) && call.questionDotToken !== undefined,
  };
  const lazyKey =
    missing.receiver &&
    shape.kind === 'member' &&
    typeof shape.key !== 'string' &&
    !ts.isIdentifier(shape.key);
  if (lazyKey || isInnerOptional(planner, shape)) {
    reporter.report(
      'unsupported',
      callee,
      'This optional chain',
      'Put what it is called on into a const, and test that.',
    );
    return;
  }
  const [method, after] = stepMethod(shape, mode, missing);
  edit(
    planner,
    call,
    calleeTemplate(shape, `${scope.use()}.${method}(${id}, `, after),
    missing.receiver && !missing.function,
  );
  for (const hole of calleeTemplate(shape, '', '').holes) planner.visit(hole, scope);
  if (ts.isCallExpression(call)) visitArguments(planner, call, isForeign(body, callee), scope);
  else planner.visit(call.template, scope);
}

/** The function of the runtime for a step, and what ends its arguments. */
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

function isDurable(planner: Planner, declaration: ts.Node): boolean {
  const { ts } = planner.file;
  if (planner.body.durableFunctions.has(declaration)) return true;
  return (
    ts.isVariableDeclaration(declaration) &&
    !!declaration.initializer &&
    planner.body.durableFunctions.has(unwrap(ts, declaration.initializer))
  );
}

function edit(planner: Planner, call: CallNode, template: Template, optional: boolean): void {
  planner.plan.add(call, { kind: 'callee', template, optional });
}

/** What is called: a value, maybe with a `this` that is no part of it, or a member of a receiver. */
export type CalleeShape =
  | { readonly kind: 'value'; readonly fn: ts.Expression; readonly self: string | undefined }
  | { readonly kind: 'member'; readonly receiver: ts.Expression; readonly key: string | ts.Expression };

export function calleeShape(planner: Planner, callee: ts.Expression): CalleeShape {
  const { ts } = planner.file;
  const node = unwrap(ts, callee);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return { kind: 'value', fn: callee, self: undefined };
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return { kind: 'value', fn: node, self: 'this' };
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name)) {
    const base = unwrap(ts, node.expression);
    const simple = ts.isIdentifier(base) || base.kind === ts.SyntaxKind.ThisKeyword;
    if (!simple)
      planner.file.reporter.report(
        'unsupported',
        node,
        'A private method on a computed object',
        'Put the object into a const first.',
      );
    return { kind: 'value', fn: node, self: base.getText(planner.file.sourceFile) };
  }
  const key = staticKey(ts, node);
  if (key !== undefined) return { kind: 'member', receiver: node.expression, key: JSON.stringify(key) };
  return {
    kind: 'member',
    receiver: node.expression,
    key: (node as ts.ElementAccessExpression).argumentExpression,
  };
}

/** The callee as arguments of a function of the runtime that is called by the text `before`. */
export function calleeTemplate(shape: CalleeShape, before: string, after: string): Template {
  if (shape.kind === 'value') {
    return {
      parts: [before, `${shape.self === undefined ? '' : `, ${shape.self}`}${after}`],
      holes: [shape.fn],
    };
  }
  if (typeof shape.key === 'string')
    return { parts: [before, `, ${shape.key}${after}`], holes: [shape.receiver] };
  return { parts: [before, ', ', after], holes: [shape.receiver, shape.key] };
}

/** `a?.b.c()`: a question mark inside what the method is called on. */
function isInnerOptional(planner: Planner, shape: CalleeShape): boolean {
  const { ts } = planner.file;
  let at = shape.kind === 'member' ? shape.receiver : shape.fn;
  for (;;) {
    if (
      !ts.isPropertyAccessExpression(at) &&
      !ts.isElementAccessExpression(at) &&
      !ts.isCallExpression(at) &&
      !ts.isNonNullExpression(at)
    )
      return false;
    if (shape.kind === 'value' && at === shape.fn) {
      if (ts.isPropertyAccessExpression(at) && at.questionDotToken) return true;
    } else if (!ts.isNonNullExpression(at) && at.questionDotToken) return true;
    at = at.expression;
  }
}

/**
 * Visits the arguments of a call. Where the callee is foreign, closures handed to it are part of the step: they stay
 * plain code, and are checked for what a step may not do.
 */
export function visitArguments(
  planner: Planner,
  call: ts.CallExpression,
  foreign: boolean,
  scope: FunctionScope,
): void {
  for (const argument of call.arguments) {
    if (foreign) visitStepArgument(planner, argument, scope);
    else planner.visit(argument, scope);
  }
}

function visitStepArgument(planner: Planner, argument: ts.Expression, scope: FunctionScope): void {
  const { ts } = planner.file;
  const node = unwrap(ts, argument);
  if (isFunctionNode(ts, node) || ts.isClassLike(node)) return checkStepClosure(planner.body, node);
  if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      if (isFunctionNode(ts, property)) checkStepClosure(planner.body, property);
      else if (ts.isPropertyAssignment(property)) visitStepArgument(planner, property.initializer, scope);
      else planner.visit(property, scope);
    }
    return;
  }
  if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) visitStepArgument(planner, element, scope);
    return;
  }
  // A function written in the body and handed over by name runs inside the step too.
  if (ts.isIdentifier(node)) {
    const fn = localFunctionOf(planner.body, node);
    if (fn) checkStepClosure(planner.body, fn);
  }
  planner.visit(argument, scope);
}

/** A call that runs in the workflow as it is. */
function visitPlain(planner: Planner, call: CallNode, scope: FunctionScope): void {
  const { ts } = planner.file;
  if (ts.isCallExpression(call) && isBindCall(planner.body, call)) {
    const { expression } = unwrap(ts, call.expression) as ts.PropertyAccessExpression;
    edit(planner, call, { parts: [`${planner.runtime}.bindFunction(`, ')'], holes: [expression] }, false);
    planner.visit(expression, scope);
    return visitArguments(planner, call, false, scope);
  }
  const callee = unwrap(ts, calleeOf(ts, call));
  const chained = ts.isPropertyAccessExpression(callee) && /^(then|catch|finally)$/.test(callee.name.text);
  ts.forEachChild(call, (child) => {
    if (chained && isForeignCallback(planner, call, child)) {
      // Handed over by name, it is foreign code that a replay must not run again.
      const id = planner.names.site(calleeName(planner.file, child as ts.Expression), 'step', child);
      planner.plan.wrap(child, `${scope.use()}.callback(${id}, `, ')');
    } else planner.visit(child, scope);
  });
}

function isForeignCallback(planner: Planner, call: CallNode, child: ts.Node): boolean {
  const { ts } = planner.file;
  if (!ts.isCallExpression(call) || !call.arguments.includes(child as ts.Expression)) return false;
  const value = unwrap(ts, child as ts.Expression);
  if (ts.isIdentifier(value)) return value.text !== 'undefined' && !localFunctionOf(planner.body, value);
  return ts.isPropertyAccessExpression(value);
}

/** Whether a node holds an `await` of its own function. */
export function holdsAwait(planner: Planner, node: ts.Node): boolean {
  const { ts } = planner.file;
  let found = false;
  walk(ts, node, (inner) => {
    if (isFunctionNode(ts, inner)) return false;
    if (ts.isAwaitExpression(inner)) found = true;
    return undefined;
  });
  return found;
}
