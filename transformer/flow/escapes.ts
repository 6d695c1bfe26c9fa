import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { isDurableBinding, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS } from '../syntax/method-names.ts';
import { type FunctionNode, isClosure, isGenerator, rootOf, unwrap, unwrapParent } from '../syntax/nodes.ts';

/**
 * Where values leave the part of the body that the flow of promises can follow, for code of the body that is called by other
 * names.
 */

/** `this.x = ...` in a class or object of the body: its methods may await it later. */
export function isMemberOfThis(body: Body, target: ts.Expression): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, target);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  return rootOf(ts, node).kind === ts.SyntaxKind.ThisKeyword;
}

/** Whether a call may pass its arguments to methods or constructors of the body. */
export function mayKeepArguments(body: Body, call: ts.CallExpression | ts.NewExpression): boolean {
  const { ts, bindings } = body.file;
  const callee = unwrap(ts, call.expression);
  const root = rootOf(ts, callee);
  const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
  // It runs inside of this one, and may await its arguments.
  if (binding && callee === root && isDurableBinding(body, binding)) return true;
  const own = root.kind === ts.SyntaxKind.ThisKeyword || (binding !== undefined && body.isLocal(binding));
  if (!own) return false;
  // A function value with another name: `resolve(load())`.
  if (ts.isIdentifier(callee) && ts.isCallExpression(call)) return !localFunctionOf(body, callee);
  if (!hasOwnMethods(body)) return false;
  if (!ts.isPropertyAccessExpression(callee))
    return ts.isNewExpression(call) || !localFunctionOf(body, callee);
  return ![ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS].some((names) => names.has(callee.name.text));
}

const ownMethods = new WeakMap<Body, boolean>();

/** Whether the body contains classes, or objects with methods of their own. */
function hasOwnMethods(body: Body): boolean {
  const known = ownMethods.get(body);
  if (known !== undefined) return known;
  const { ts, nodes } = body.file;
  let found = false;
  nodes.walk(body.durable.node, (node) => {
    const method = ts.isClassLike(node) || ts.isMethodDeclaration(node);
    const property = ts.isPropertyAssignment(node) && isClosure(ts, unwrap(ts, node.initializer));
    if (node !== body.durable.node && (method || property)) found = true;
  });
  ownMethods.set(body, found);
  return found;
}

/** Whether the receivers of a function's return value are unknown. */
export function returnsEscape(body: Body, node: FunctionNode): boolean {
  const { ts, nodes } = body.file;
  if (ts.isConstructorDeclaration(node) || ts.isSetAccessor(node) || isGenerator(node)) return false;
  const holder = unwrapParent(ts, node);
  if (ts.isCallExpression(holder)) {
    if (unwrap(ts, holder.expression) === node || isHelperCall(body, holder)) return false;
  }
  if (ts.isNewExpression(holder)) return false;
  const name = ts.isFunctionDeclaration(node)
    ? node.name
    : ts.isVariableDeclaration(holder)
      ? holder.name
      : undefined;
  if (!name || !ts.isIdentifier(name)) return true;
  return nodes.usesOf(name).some((use) => {
    const user = unwrapParent(ts, use);
    return use !== name && (!ts.isCallExpression(user) || unwrap(ts, user.expression) !== use);
  });
}

/**
 * Names of functions that are called for their effects, whether or not their promises are used: `xs.forEach(save)`,
 * `Promise.try(save)`, `Promise.prototype.then.call(p, save)`.
 */
export function callbacksByName(body: Body, call: ts.CallExpression): ts.Expression[] {
  const { file } = body;
  const { ts } = file;
  return calledBack()
    .filter((callback) => {
      const value = unwrap(ts, callback);
      if (!ts.isIdentifier(value) && !ts.isPropertyAccessExpression(value)) return false;
      return (
        value.getText(file.sourceFile) !== 'undefined' &&
        !localFunctionOf(body, value) &&
        !isPureGlobal(file, value)
      );
    })
    .map((callback) => unwrap(ts, callback));

  function calledBack(): readonly ts.Expression[] {
    const callee = unwrap(ts, call.expression);
    if (!ts.isPropertyAccessExpression(callee)) return [];
    if (callee.name.text === 'forEach') return call.arguments.slice(0, 1);
    if (callee.name.text !== 'try' && callee.name.text !== 'call') return [];
    return settlesCallbacks(file, call) ? call.arguments.slice(callee.name.text === 'try' ? 0 : 1) : [];
  }
}

/** Whether a builtin awaits the return values of the callbacks of a call. */
export function settlesCallbacks(file: FileContext, call: ts.CallExpression): boolean {
  return SETTLING.test(originOf(file, call.expression) ?? '');
}

const SETTLING = /^(Promise\.(try|prototype\.(then|catch|finally)\.call)|Array\.fromAsync)$/;

/** `Promise.resolve`, the `resolve` of an executor, that of `Promise.withResolvers`: they wait for their argument. */
export const isResolver = (body: Body, callee: ts.Expression): boolean => isSettler(body, callee, 'resolve');

/** `reject` passes its argument on as it is. */
export const isRejecter = (body: Body, callee: ts.Expression): boolean => isSettler(body, callee, 'reject');

function isSettler(body: Body, callee: ts.Expression, kind: 'resolve' | 'reject'): boolean {
  const { file } = body;
  const { ts, bindings } = file;
  const node = unwrap(ts, callee);
  if (originOf(file, node) === `Promise.${kind}`) return true;
  if (ts.isPropertyAccessExpression(node) && node.name.text === kind && ts.isIdentifier(node.expression)) {
    const holder = bindings.resolve(node.expression)?.declaration;
    return holder !== undefined && ts.isVariableDeclaration(holder) && holdsResolvers(holder);
  }
  const declaration = ts.isIdentifier(node) ? bindings.resolve(node)?.declaration : undefined;
  if (!declaration) return false;
  if (ts.isParameter(declaration)) {
    const executor = declaration.parent;
    if (!isClosure(ts, executor) || executor.parameters[kind === 'resolve' ? 0 : 1] !== declaration)
      return false;
    const maker = unwrapParent(ts, executor);
    return ts.isNewExpression(maker) && originOf(file, maker.expression) === 'Promise';
  }
  const pattern = declaration.parent.parent;
  return (
    ts.isBindingElement(declaration) &&
    (declaration.propertyName ?? declaration.name).getText(file.sourceFile) === kind &&
    ts.isVariableDeclaration(pattern) &&
    holdsResolvers(pattern)
  );

  function holdsResolvers(holder: ts.VariableDeclaration): boolean {
    const value = holder.initializer && unwrap(ts, holder.initializer);
    return (
      value !== undefined &&
      ts.isCallExpression(value) &&
      originOf(file, value.expression) === 'Promise.withResolvers'
    );
  }
}
