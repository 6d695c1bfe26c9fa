import type ts from 'typescript';
import type { Body } from './body.ts';
import { isHelperCall, isPureGlobal, localFunctionOf } from './callees.ts';
import { ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS } from './method-names.ts';
import { type FunctionNode, isClosure, isGenerator, rootOf, unwrap, unwrapParent } from './syntax.ts';

/** Where values leave what the flow of promises can follow: to code written in the body, but called by other names. */

/** `this.x = ...` in a class or object written here: its methods may await it later. */
export function isMemberOfThis(body: Body, target: ts.Expression): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, target);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  return rootOf(ts, node).kind === ts.SyntaxKind.ThisKeyword;
}

/** Whether a call may hand its arguments to methods or constructors written here. */
export function mayKeepArguments(body: Body, call: ts.CallExpression | ts.NewExpression): boolean {
  const { ts, bindings } = body.file;
  const callee = unwrap(ts, call.expression);
  const root = rootOf(ts, callee);
  const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
  const own = root.kind === ts.SyntaxKind.ThisKeyword || (binding !== undefined && body.isLocal(binding));
  if (!own) return false;
  // A function value of another name: `resolve(load())`.
  if (ts.isIdentifier(callee) && ts.isCallExpression(call)) return !localFunctionOf(body, callee);
  if (!hasOwnMethods(body)) return false;
  if (!ts.isPropertyAccessExpression(callee))
    return ts.isNewExpression(call) || !localFunctionOf(body, callee);
  return ![ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS].some((names) => names.has(callee.name.text));
}

const ownMethods = new WeakMap<Body, boolean>();

/** Whether the body holds classes, or objects with methods of their own. */
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

/** Whether nobody knows who takes what a function returns. */
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

/** `xs.forEach(save)`: the name of a function that is called for what it does, and whose promise is left alone. */
export function callbackByName(body: Body, call: ts.CallExpression): ts.Expression | undefined {
  const { file } = body;
  const { ts } = file;
  const callee = unwrap(ts, call.expression);
  const [callback] = call.arguments;
  const value = callback && unwrap(ts, callback);
  if (!value || !ts.isPropertyAccessExpression(callee) || callee.name.text !== 'forEach') return undefined;
  if (!ts.isIdentifier(value) && !ts.isPropertyAccessExpression(value)) return undefined;
  return localFunctionOf(body, value) || isPureGlobal(file, value) ? undefined : value;
}
