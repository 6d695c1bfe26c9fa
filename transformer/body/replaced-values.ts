import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import {
  contains,
  functionAround,
  isAssignment,
  isClosure,
  isLogical,
  isReference,
  returnsOf,
  unwrap,
  unwrapParent,
  wrapped,
} from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/**
 * Whether a variable that a step changes is the step's result from then on, so that a replay has the change as well:
 * `order = await step(() => { order.total = 1; return order; })`. Or nothing looks at it any more.
 *
 * The object that is changed must be known by no other name, and an error must not be caught: neither would see in a
 * replay what it saw before.
 *
 * @param closure what the step calls
 */
export function isReplaced(body: Body, closure: ts.Node, name: string): boolean {
  const { file, durable } = body;
  const { ts, bindings, nodes } = file;
  if (!isClosure(ts, closure)) return false;
  const argument = wrapped(ts, closure);
  const call = argument.parent;
  if (!ts.isCallExpression(call) || call.arguments.at(-1) !== argument || call.arguments.length > 2)
    return false;
  if (originOf(file, call.expression) !== 'use-durable#step') return false;
  const awaited = unwrapParent(ts, call);
  if (!ts.isAwaitExpression(awaited) || functionAround(ts, awaited) !== durable.node) return false;
  for (let at: ts.Node = awaited; at !== durable.node; at = at.parent)
    if (ts.isTryStatement(at)) return false;
  const binding = bindings.lookup(name, closure);
  const uses =
    binding && ts.isIdentifier(nameOf(binding)) ? nodes.usesOf(nameOf(binding) as ts.Identifier) : [];
  if (!binding || uses.length === 0 || !isKnownByOneName(binding, uses)) return false;
  const outer = wrapped(ts, awaited);
  const { parent } = outer;
  if (ts.isBinaryExpression(parent) && parent.right === outer) {
    const assigns = parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return assigns && comesBack(unwrap(ts, parent.left), returnsOf(ts, closure));
  }
  return ts.isVariableDeclaration(parent) && isOver(uses);

  function nameOf({ declaration }: Binding): ts.Node {
    return (declaration as ts.NamedDeclaration).name ?? declaration;
  }

  /** Whether the part of the result that is the variable is assigned to it, whichever way the closure returns. */
  function comesBack(target: ts.Expression, results: readonly ts.Expression[]): boolean {
    if (results.length === 0 || fallsThrough()) return false;
    if (ts.isIdentifier(target)) return isVariable(target) && results.every(isVariable);
    if (ts.isArrayLiteralExpression(target)) {
      const index = target.elements.findIndex(isVariable);
      if (index < 0 || target.elements.some(ts.isSpreadElement)) return false;
      return results.every((result) => {
        const list = unwrap(ts, result);
        if (!ts.isArrayLiteralExpression(list) || list.elements.some(ts.isSpreadElement)) return false;
        const element = list.elements[index];
        return element !== undefined && isVariable(element);
      });
    }
    if (!ts.isObjectLiteralExpression(target)) return false;
    const key = keyOf(target);
    if (key === undefined) return false;
    return results.every((result) => {
      const object = unwrap(ts, result);
      return (
        ts.isObjectLiteralExpression(object) && object.properties.every(isNamed) && keyOf(object) === key
      );
    });
  }

  /** The key under which an object literal, or a pattern, has the variable. */
  function keyOf(object: ts.ObjectLiteralExpression): string | undefined {
    for (const property of object.properties) {
      if (ts.isShorthandPropertyAssignment(property) && !property.objectAssignmentInitializer) {
        if (isVariable(property.name)) return property.name.text;
      } else if (ts.isPropertyAssignment(property) && isNamed(property) && isVariable(property.initializer))
        return property.name.getText(file.sourceFile);
    }
    return undefined;
  }

  function isNamed({ name: key }: ts.ObjectLiteralElementLike): boolean {
    return key !== undefined && ts.isIdentifier(key);
  }

  function isVariable(expression: ts.Expression): boolean {
    const node = unwrap(ts, expression);
    return ts.isIdentifier(node) && bindings.resolve(node) === binding;
  }

  /** Whether the closure may end without one of its `return`s. */
  function fallsThrough(): boolean {
    const code = (closure as ts.ArrowFunction | ts.FunctionExpression).body;
    return ts.isBlock(code) && !code.statements.some(ts.isReturnStatement);
  }

  /** Whether the object that the variable holds is made for it, and handed to nothing that keeps it. */
  function isKnownByOneName({ declaration }: Binding, all: readonly ts.Identifier[]): boolean {
    if (ts.isVariableDeclaration(declaration)) {
      const made = declaration.initializer && unwrap(ts, declaration.initializer);
      if (
        made &&
        (ts.isIdentifier(made) || ts.isPropertyAccessExpression(made) || ts.isElementAccessExpression(made))
      )
        return false;
    } else if (!ts.isParameter(declaration)) return false;
    return all.every((use) => {
      if (use === nameOf(binding!) || contains(closure, use)) return true;
      if (functionAround(ts, use) !== durable.node) return false;
      const at = wrapped(ts, use);
      const { parent: user } = at;
      const member =
        (ts.isPropertyAccessExpression(user) || ts.isElementAccessExpression(user)) && user.expression === at;
      return isOnlyLookedAt(member ? wrapped(ts, user) : at);
    });
  }

  /** Whether nothing keeps a value where it stands: it is returned, written, compared, given to a step, or replaced. */
  function isOnlyLookedAt(value: ts.Expression): boolean {
    const { parent: user } = value;
    if (ts.isTemplateSpan(user) || ts.isPrefixUnaryExpression(user) || ts.isIfStatement(user)) return true;
    if (ts.isCallExpression(user))
      return user.expression !== value && ts.isAwaitExpression(unwrapParent(ts, user));
    if (ts.isConditionalExpression(user)) return user.condition === value;
    if (ts.isBinaryExpression(user) && !isLogical(ts, user))
      return user.left === value || !isAssignment(ts, user);
    return isReturned(value);
  }

  /** In what the function returns, or in the pattern on the left of an assignment. */
  function isReturned(value: ts.Expression): boolean {
    let at: ts.Node = value;
    while (
      ts.isArrayLiteralExpression(at.parent) ||
      ts.isObjectLiteralExpression(at.parent) ||
      ts.isPropertyAssignment(at.parent) ||
      ts.isShorthandPropertyAssignment(at.parent) ||
      ts.isParenthesizedExpression(at.parent)
    )
      at = at.parent;
    const { parent: user } = at;
    return (
      ts.isReturnStatement(user) ||
      (ts.isBinaryExpression(user) && user.left === at && isAssignment(ts, user))
    );
  }

  /** Whether nothing behind the step, nor around again, looks at the variable. */
  function isOver(all: readonly ts.Identifier[]): boolean {
    for (let at: ts.Node = awaited; at !== durable.node; at = at.parent)
      if (ts.isIterationStatement(at, false)) return false;
    return all.every((use) => use.end <= call.pos || contains(closure, use) || !isReference(ts, use));
  }
}
