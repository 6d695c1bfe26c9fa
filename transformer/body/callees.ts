import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import type { FileNames } from '../file/origins.ts';
import { membersNamed } from '../syntax/members.ts';
import { FORMATTERS, HELPERS } from '../syntax/method-names.ts';
import {
  type FunctionNode,
  isClosure,
  isFunctionNode,
  rootOf,
  staticKey,
  unwrap,
  walk,
} from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** What a callee refers to, by syntax only. */

/** The readable name of a callee: as written, without `this.`, and calls shortened to `()`. */
export function calleeName(file: FileContext, expression: ts.Expression): string {
  const { ts } = file;
  const node = unwrap(ts, expression);
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (node.kind === ts.SyntaxKind.SuperKeyword) return 'super';
  if (ts.isAwaitExpression(node)) return calleeName(file, node.expression);
  if (ts.isCallExpression(node)) return `${calleeName(file, node.expression)}()`;
  if (ts.isTaggedTemplateExpression(node)) return `${calleeName(file, node.tag)}()`;
  if (ts.isNewExpression(node)) return `${calleeName(file, node.expression)}()`;
  if (ts.isPropertyAccessExpression(node)) return join(node.expression, node.name.text);
  if (ts.isElementAccessExpression(node)) {
    const key = staticKey(ts, node);
    if (key !== undefined) return join(node.expression, key);
    const base =
      node.expression.kind === ts.SyntaxKind.ThisKeyword ? 'this' : calleeName(file, node.expression);
    const argument = unwrap(ts, node.argumentExpression);
    return `${base}[${ts.isIdentifier(argument) ? argument.text : '*'}]`;
  }
  return 'anonymous';

  function join(base: ts.Expression, key: string): string {
    if (unwrap(ts, base).kind === ts.SyntaxKind.ThisKeyword) return key;
    return `${calleeName(file, base)}.${key}`;
  }
}

/** The function that a name is known to refer to: a declaration, or a const that holds a closure. */
export function functionOf(file: FileNames, binding: Binding | undefined): FunctionNode | undefined {
  const { ts } = file;
  const declaration = binding?.declaration;
  if (!declaration) return undefined;
  if (ts.isFunctionDeclaration(declaration) && declaration.body) return declaration;
  if (ts.isFunctionExpression(declaration)) return declaration;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer && ts.isIdentifier(declaration.name)) {
    if (!(declaration.parent.flags & ts.NodeFlags.Const)) return undefined;
    const value = unwrap(ts, declaration.initializer);
    if (isClosure(ts, value)) return value;
  }
  return undefined;
}

/** The function written in this body that a callee is known to refer to. It is called inline, as workflow code. */
export function localFunctionOf(body: Body, callee: ts.Expression): FunctionNode | undefined {
  const { ts } = body.file;
  const node = unwrap(ts, callee);
  if (isClosure(ts, node)) return node;
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name))
    return privateMethodOf(body, node.name);
  if (!ts.isIdentifier(node)) return undefined;
  const binding = body.file.bindings.resolve(node);
  return binding && body.isLocal(binding) ? functionOf(body.file, binding) : undefined;
}

/** The method that a private name refers to, if its class is written in this body. */
function privateMethodOf(body: Body, name: ts.PrivateIdentifier): FunctionNode | undefined {
  const { ts } = body.file;
  for (let at: ts.Node = name; at !== body.durable.node; at = at.parent) {
    if (!ts.isClassLike(at)) continue;
    const member = membersNamed(ts, at, name.text).find(
      (one) => one.name && ts.isPrivateIdentifier(one.name),
    );
    if (member) return ts.isMethodDeclaration(member) ? member : undefined;
  }
  return undefined;
}

/** `f.bind(...)` that isn't awaited. It returns a function, which is marked as `f` is. */
export function isBindCall(body: Body, call: ts.CallExpression): boolean {
  const { ts } = body.file;
  const callee = unwrap(ts, call.expression);
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 'bind' &&
    !callee.questionDotToken &&
    !call.questionDotToken
  );
}

/** Functions of this package that show something of the run, and record no request. */
export const SHOWING: readonly string[] = ['use-durable#setAttributes'];

/** Functions of this package that a step can't contain: each is a wait or a step itself. */
export const DURABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'use-durable#sleep',
  'use-durable#step',
  'use-durable#waitFor',
  'use-durable#signals',
  'use-durable#createCallback',
  'use-durable#startChild',
  'use-durable#since',
  ...SHOWING,
]);

/** Functions that are durable waits or steps by themselves. */
export const PRIMITIVES: ReadonlySet<string> = new Set([...DURABLE_FUNCTIONS, 'timers/promises#setTimeout']);

/** Globals whose functions are synchronous and deterministic. Calls of them are always workflow code. */
const PURE_GLOBALS = new Set(
  (
    'Array ArrayBuffer Atomics BigInt Boolean DataView Error EvalError Intl Iterator JSON Map Math Number Object Proxy RangeError ' +
    'ReferenceError RegExp Set String Symbol SyntaxError TypeError URIError URL URLSearchParams WeakMap WeakRef ' +
    'WeakSet Date Promise parseInt parseFloat isNaN isFinite structuredClone encodeURIComponent decodeURIComponent encodeURI ' +
    'decodeURI atob btoa console queueMicrotask Buffer TextEncoder TextDecoder'
  ).split(' '),
);

export function isPureGlobal(file: FileContext, callee: ts.Expression): boolean {
  const { ts } = file;
  let root = unwrap(ts, callee);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
    root = unwrap(ts, root.expression);
  return ts.isIdentifier(root) && PURE_GLOBALS.has(root.text) && !file.bindings.resolve(root);
}

/** `xs.map((x) => ...)`: a synchronous helper that calls closures written here. */
export function isHelperCall(body: Body, call: ts.CallExpression): boolean {
  const { ts } = body.file;
  const callee = unwrap(ts, call.expression);
  if (!ts.isPropertyAccessExpression(callee) || !HELPERS.has(callee.name.text)) return false;
  return (
    isPureGlobal(body.file, callee) || call.arguments.some((argument) => isClosure(ts, unwrap(ts, argument)))
  );
}

export function isFormatterCall(body: Body, call: ts.CallExpression): boolean {
  const { ts } = body.file;
  const callee = unwrap(ts, call.expression);
  return ts.isPropertyAccessExpression(callee) && FORMATTERS.has(callee.name.text);
}

/** Whether a name refers to a durable function of this file. */
export function isDurableBinding(body: Body, { declaration }: Binding): boolean {
  const { ts } = body.file;
  if (body.durableFunctions.has(declaration)) return true;
  return (
    ts.isVariableDeclaration(declaration) &&
    !!declaration.initializer &&
    body.durableFunctions.has(unwrap(ts, declaration.initializer))
  );
}

/** Whether a value was made outside of the durable function and is not a builtin of the language. */
export function isFromOutside(body: Body, expression: ts.Expression): boolean {
  const { ts, bindings } = body.file;
  const root = rootOf(ts, expression);
  if (root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword)
    return body.isOwnThis(root);
  if (!ts.isIdentifier(root)) return false;
  const binding = bindings.resolve(root);
  if (binding) return !body.isLocal(binding);
  return !/^(undefined|NaN|Infinity)$/.test(root.text) && !isPureGlobal(body.file, root);
}

/**
 * Whether the callee is, or belongs to, the result of an outside function that got neither functions nor variables of the body:
 * `const limit = pLimit(2)`.
 */
export function isMadeOutside(body: Body, callee: ts.Expression): boolean {
  const { ts, bindings } = body.file;
  const root = rootOf(ts, callee);
  const declaration = ts.isIdentifier(root) ? bindings.resolve(root)?.declaration : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  if (!ts.isIdentifier(declaration.name) || !(declaration.parent.flags & ts.NodeFlags.Const)) return false;
  const target = unwrap(ts, callee);
  if (ts.isPropertyAccessExpression(target) && HELPERS.has(target.name.text)) return false;
  const made = unwrap(ts, declaration.initializer);
  if ((!ts.isCallExpression(made) && !ts.isNewExpression(made)) || !isForeign(body, made.expression))
    return false;
  let ours = false;
  for (const argument of made.arguments ?? [])
    walk(ts, argument, (node) => {
      const binding = ts.isIdentifier(node) ? bindings.resolve(node) : undefined;
      if (isFunctionNode(ts, node) || ts.isClassLike(node) || (binding && body.isLocal(binding))) ours = true;
    });
  return !ours;
}

/** Whether the callee is surely not written in this body. Closures that are passed to it belong to the step. */
export function isForeign(body: Body, callee: ts.Expression): boolean {
  const { ts, bindings } = body.file;
  const root = rootOf(ts, callee);
  if (root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword)
    return body.isOwnThis(root);
  if (!ts.isIdentifier(root)) return false;
  const binding = bindings.resolve(root);
  if (!binding) return !isPureGlobal(body.file, root);
  if (body.isLocal(binding) || body.durableFunctions.has(binding.declaration)) return false;
  const target = unwrap(ts, callee);
  return !(ts.isPropertyAccessExpression(target) && HELPERS.has(target.name.text));
}
