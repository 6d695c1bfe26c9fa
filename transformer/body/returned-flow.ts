import type ts from 'typescript';
import type { FileNames } from '../file/origins.ts';
import { ADDERS, MUTATORS } from '../syntax/method-names.ts';
import { type FunctionNode, isFunctionNode, rootOf, unwrap, walk, wrapped } from '../syntax/nodes.ts';
import { targetsOf } from '../syntax/writes.ts';

/**
 * The expressions of a function on which its return value depends, by syntax only: the returned values, the conditions of its
 * branches, and the values of the variables that are used there. Values that it only logs or counts are not among them.
 */
export function returnedFlow(file: FileNames, fn: FunctionNode): readonly ts.Expression[] {
  const { ts, bindings } = file;
  if (!fn.body) return [];
  if (!ts.isBlock(fn.body)) return [fn.body];
  const found: ts.Expression[] = [];
  const feeds = new Map<ts.Node, ts.Expression[]>();
  const feed = (variable: ts.Node, value: ts.Expression): void => {
    const known = feeds.get(variable);
    if (known) known.push(value);
    else feeds.set(variable, [value]);
  };
  walkNow(ts, fn.body, (node) => {
    if (ts.isReturnStatement(node) || ts.isYieldExpression(node)) {
      if (node.expression) found.push(node.expression);
    } else if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node))
      found.push(node.expression);
    else if (ts.isSwitchStatement(node)) found.push(node.expression);
    else if (ts.isForStatement(node)) {
      if (node.condition) found.push(node.condition);
    } else if (ts.isVariableDeclaration(node)) {
      const list = node.parent.parent;
      if (node.initializer) feed(node, node.initializer);
      else if (ts.isForOfStatement(list) || ts.isForInStatement(list)) feed(node, list.expression);
    } else if (ts.isCallExpression(node)) {
      const callee = unwrap(ts, node.expression);
      if (!ts.isPropertyAccessExpression(callee)) return;
      if (ADDERS.has(callee.name.text) || MUTATORS.has(callee.name.text))
        for (const argument of node.arguments) assign(callee.expression, argument);
    } else for (const target of targetsOf(ts, node)) assign(target, node as ts.Expression);
  });
  const seen = new Set<ts.Node>();
  // The list grows during the loop.
  for (const expression of found) {
    walkNow(ts, expression, (node) => {
      const variable = ts.isIdentifier(node) ? variableOf(node) : undefined;
      if (!variable || seen.has(variable)) return;
      seen.add(variable);
      found.push(...(feeds.get(variable) ?? []));
    });
  }
  return found;

  function assign(target: ts.Expression, value: ts.Expression): void {
    const root = rootOf(ts, target);
    // An instance is the result of a constructor; other methods read it.
    if (root.kind === ts.SyntaxKind.ThisKeyword) found.push(value);
    else if (ts.isIdentifier(root)) {
      const variable = variableOf(root);
      if (variable) feed(variable, value);
    }
  }

  /** The declaration of a variable, which may be one of several in a pattern. */
  function variableOf(name: ts.Identifier): ts.Node | undefined {
    let at = bindings.resolve(name)?.declaration;
    while (at && (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)))
      at = at.parent;
    return at;
  }
}

/** Like `walk`, but skips functions that are not called in place. */
export function walkNow(ts: FileNames['ts'], top: ts.Node, visit: (node: ts.Node) => void): void {
  walk(ts, top, (node) => {
    if (ts.isClassLike(node)) return false;
    if (isFunctionNode(ts, node) && !isCalledAtOnce(node)) return false;
    visit(node);
    return undefined;
  });

  /** Most likely a callback, or `(() => ...)()`. */
  function isCalledAtOnce(fn: FunctionNode): boolean {
    if (!ts.isArrowFunction(fn) && !ts.isFunctionExpression(fn)) return false;
    const { parent } = wrapped(ts, fn);
    return ts.isCallExpression(parent);
  }
}
