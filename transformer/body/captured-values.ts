import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { HELPERS } from '../syntax/method-names.ts';
import { isClosure, unwrap } from '../syntax/nodes.ts';
import { holdsCollection, isCollection, pathRootOf } from '../syntax/writes.ts';
import type { Body } from './body.ts';
import { isPureGlobal } from './callees.ts';

/** What syntax shows of the values that the closure of a step captures. */

/** Names of changing methods that clients have as well: `redis.set`, `batch.add`, `queue.delete`. */
const COMMON = new Set(['set', 'add', 'delete', 'clear', 'append', 'next', 'return', 'throw']);

/**
 * Whether a method with the name of a changing one surely changes data of the durable function, and not something outside
 * through a client that the function holds.
 */
export function isSurelyChanged(body: Body, receiver: ts.Expression, method: string): boolean {
  const { ts, bindings } = body.file;
  const node = unwrap(ts, receiver);
  const path = pathRootOf(ts, node);
  if (!path || !ts.isIdentifier(path.root)) return false;
  const declaration = bindings.resolve(path.root)?.declaration;
  if (!declaration) return false;
  if (!path.deep && holdsCollection(ts, declaration)) return true;
  const initializer =
    ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(ts, declaration.initializer);
  if (path.deep && initializer && ts.isObjectLiteralExpression(initializer)) {
    const name = ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
    const property = initializer.properties.find((one) => one.name?.getText(body.file.sourceFile) === name);
    if (property && ts.isPropertyAssignment(property)) {
      if (isCollection(ts, property.initializer)) return true;
    }
  }
  if (COMMON.has(method)) return false;
  // The result of a call that is not a step may be a client as well as data.
  if (!initializer) return true;
  return (
    !(ts.isNewExpression(initializer) || ts.isCallExpression(initializer)) ||
    isPureGlobal(body.file, initializer.expression)
  );
}

/**
 * The expression of which a variable is an alias, in whole or in part: `for (const row of rows)`, `const { rows } = state`,
 * `rows.forEach((row) => ...)`. Undefined if the variable has a value of its own.
 */
export function aliasedBy(body: Body, binding: Binding): ts.Expression | undefined {
  const { ts } = body.file;
  let at: ts.Node = binding.declaration;
  while (ts.isBindingElement(at)) {
    // The rest of an object or array is a new object, although its members are not.
    if (at.dotDotDotToken) return undefined;
    at = at.parent.parent;
  }
  if (ts.isVariableDeclaration(at)) {
    const statement = at.parent.parent;
    const source = ts.isForOfStatement(statement) ? statement.expression : at.initializer;
    return source && direct(source);
  }
  if (!ts.isParameter(at) || !isClosure(ts, at.parent) || at.parent.parameters[0] !== at) return undefined;
  const call = at.parent.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== at.parent) return undefined;
  const callee = unwrap(ts, call.expression);
  // The first parameter of these callbacks is not an element, or not the only one.
  if (
    !ts.isPropertyAccessExpression(callee) ||
    /^(reduce|reduceRight|sort|toSorted|from|fromAsync)$/.test(callee.name.text)
  )
    return undefined;
  return HELPERS.has(callee.name.text) ? direct(callee.expression) : undefined;

  function direct(expression: ts.Expression): ts.Expression | undefined {
    const path = pathRootOf(ts, expression);
    return path && ts.isIdentifier(path.root) ? unwrap(ts, expression) : undefined;
  }
}
