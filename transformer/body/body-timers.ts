import type ts from 'typescript';
import { originOf } from '../file/origins.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { isAsync, isClosure, isFunctionNode, isGenerator, rootOf, unwrap, walk } from '../syntax/nodes.ts';
import { targetsOf } from '../syntax/writes.ts';
import type { Body } from './body.ts';
import { isPureGlobal, localFunctionOf } from './callees.ts';

export const SET = /^(timers#)?setTimeout$/;
export const CLEAR = /^(timers#)?clearTimeout$/;

/**
 * Whether a timer's callback only affects what belongs to the durable function: it aborts a controller, settles a promise, or
 * changes a variable. Nothing outside can observe whether it is called after the end of the function. So it may be a durable
 * wait that ends with the run. A callback with effects on the outside must be in a step.
 *
 * @param known functions that are being looked at: a callback may set its own timer again
 */
export function isOwnTimer(body: Body, call: ts.CallExpression, known = new Set<ts.Node>()): boolean {
  const { ts } = body.file;
  const [callback] = call.arguments;
  if (!callback || call.arguments.some((argument) => ts.isSpreadElement(argument))) return false;
  return isOwnCallback(body, unwrap(ts, callback), known);
}

function isOwnCallback(body: Body, callback: ts.Expression, known: Set<ts.Node>): boolean {
  const { ts } = body.file;
  const fn = localFunctionOf(body, callback);
  // What is being looked at already is decided where that began.
  if (fn) return known.has(fn) || effectOf(body, fn, known) === 'own';
  // `resolve` of a promise that is made here.
  if (ts.isIdentifier(callback)) return isOwnVariable(body, callback);
  // `controller.abort.bind(controller)`
  if (!ts.isCallExpression(callback)) return false;
  const bind = unwrap(ts, callback.expression);
  if (!ts.isPropertyAccessExpression(bind) || bind.name.text !== 'bind') return false;
  const method = unwrap(ts, bind.expression);
  return ts.isPropertyAccessExpression(method) && isOwnMethod(body, method);
}

/** What a function affects: only what belongs to the durable function, or nothing, or perhaps something else. */
type Effect = 'own' | 'none' | 'foreign';

function effectOf(body: Body, fn: ts.SignatureDeclaration, known: Set<ts.Node>): Effect {
  const { ts, bindings } = body.file;
  // Its effect counts where it was found first.
  if (known.has(fn)) return 'none';
  known.add(fn);
  if (!isFunctionNode(ts, fn) || !fn.body || isAsync(ts, fn) || isGenerator(fn)) return 'foreign';
  let acts = false;
  let isOwn = true;
  walk(ts, fn.body, (node) => {
    if (isFunctionNode(ts, node) && !isClosure(ts, node)) isOwn = false;
    else if (isClosure(ts, node) && (isAsync(ts, node) || isGenerator(node))) isOwn = false;
    else if (ts.isTaggedTemplateExpression(node) || ts.isAwaitExpression(node)) isOwn = false;
    else if (ts.isNewExpression(node)) isOwn &&= isPlainClass(node.expression);
    else if (ts.isCallExpression(node)) {
      const effect = effectOfCall(node);
      isOwn &&= effect !== 'foreign';
      acts ||= effect === 'own';
    }
    for (const target of targetsOf(ts, node)) {
      const root = rootOf(ts, target);
      const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
      isOwn &&= binding !== undefined && body.isLocal(binding);
      acts = true;
    }
  });
  if (!isOwn) return 'foreign';
  return acts ? 'own' : 'none';

  function isPlainClass(cls: ts.Expression): boolean {
    return isPureGlobal(body.file, cls) || /(Error|DOMException|AbortController)$/.test(cls.getText());
  }

  function effectOfCall(call: ts.CallExpression): Effect {
    const callee = unwrap(ts, call.expression);
    const origin = originOf(body.file, callee) ?? '';
    if (isPureGlobal(body.file, callee)) return 'none';
    if (CLEAR.test(origin)) return 'own';
    if (SET.test(origin)) return isOwnTimer(body, call, known) ? 'own' : 'foreign';
    const inner = localFunctionOf(body, callee);
    if (inner) return effectOf(body, inner, known);
    if (ts.isIdentifier(callee)) return isOwnVariable(body, callee) ? 'own' : 'foreign';
    return ts.isPropertyAccessExpression(callee) && isOwnMethod(body, callee) ? 'own' : 'foreign';
  }
}

/** Declared in the durable function, and not a parameter of it: parameters may be functions from outside. */
function isOwnVariable(body: Body, name: ts.Identifier): boolean {
  const binding = body.file.bindings.resolve(name);
  return binding !== undefined && body.isLocal(binding) && binding.declaration.parent !== body.durable.node;
}

/** `controller.abort`, `list.push`, `deferred.resolve`, of a variable of the durable function. */
function isOwnMethod(body: Body, callee: ts.PropertyAccessExpression): boolean {
  const root = rootOf(body.file.ts, callee.expression);
  const method = callee.name.text;
  return (
    (OWN.has(method) || MUTATORS.has(method)) && body.file.ts.isIdentifier(root) && isOwnVariable(body, root)
  );
}

/** Methods of controllers, of the result of `Promise.withResolvers`, and of timers. */
const OWN: ReadonlySet<string> = new Set(['abort', 'resolve', 'reject', 'refresh', 'ref', 'unref']);

/** `controller.abort()` of a controller that the function has made. It returns nothing that can be awaited. */
export function isAbort(body: Body, call: ts.Node): boolean {
  const { ts, bindings } = body.file;
  const callee = ts.isCallExpression(call) ? unwrap(ts, call.expression) : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee) || callee.name.text !== 'abort') return false;
  const controller = unwrap(ts, callee.expression);
  const declaration = ts.isIdentifier(controller) ? bindings.resolve(controller)?.declaration : undefined;
  const made =
    declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(ts, declaration.initializer)
      : undefined;
  return (
    made !== undefined &&
    ts.isNewExpression(made) &&
    originOf(body.file, made.expression) === 'AbortController'
  );
}
