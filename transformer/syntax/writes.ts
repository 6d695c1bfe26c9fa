import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { unwrap } from './nodes.ts';

/** The expressions that a node assigns to or deletes, with patterns taken apart; empty for all other nodes. */
export function targetsOf(ts: TypeScript, node: ts.Node): readonly ts.Expression[] {
  const targets: ts.Expression[] = [];
  if (ts.isBinaryExpression(node)) {
    if (isAssignmentOperator(node.operatorToken.kind)) add(node.left);
  } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
      add(node.operand);
  } else if (ts.isDeleteExpression(node)) add(node.expression);
  else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    if (!ts.isVariableDeclarationList(node.initializer)) add(node.initializer);
  }
  return targets;

  function add(expression: ts.Expression): void {
    const target = unwrap(ts, expression);
    if (ts.isArrayLiteralExpression(target)) target.elements.forEach(add);
    else if (ts.isObjectLiteralExpression(target)) {
      for (const property of target.properties) {
        if (ts.isPropertyAssignment(property)) add(property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) add(property.name);
        else if (ts.isSpreadAssignment(property)) add(property.expression);
      }
    } else if (ts.isSpreadElement(target)) add(target.expression);
    else if (ts.isBinaryExpression(target)) add(target.left);
    else targets.push(expression);
  }

  function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  }
}

/** The name at the root of `a.b[c].d`, and whether there is more than the name; undefined if there is a call in between. */
export function pathRootOf(
  ts: TypeScript,
  expression: ts.Expression,
): { readonly root: ts.Expression; readonly deep: boolean } | undefined {
  let root = unwrap(ts, expression);
  let deep = false;
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) {
    root = unwrap(ts, root.expression);
    deep = true;
  }
  return ts.isCallExpression(root) ? undefined : { root, deep };
}

const COLLECTION =
  /^(Weak|Readonly)?(Map|Set)$|^(Array|ReadonlyArray|Headers|FormData|URLSearchParams|Date|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

/** Whether a variable holds a collection or a literal of data, judged by its initializer or its type annotation. */
export function holdsCollection(ts: TypeScript, declaration: ts.Node): boolean {
  if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration)) return false;
  const { type, initializer } = declaration;
  if (type && isCollectionType(type)) return true;
  return initializer !== undefined && isCollection(ts, initializer);

  function isCollectionType(node: ts.TypeNode): boolean {
    if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node)) return true;
    if (ts.isTypeOperatorNode(node)) return isCollectionType(node.type);
    return (
      ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && COLLECTION.test(node.typeName.text)
    );
  }
}

export function isCollection(ts: TypeScript, expression: ts.Expression): boolean {
  const value = unwrap(ts, expression);
  if (ts.isArrayLiteralExpression(value)) return true;
  return (
    ts.isNewExpression(value) && ts.isIdentifier(value.expression) && COLLECTION.test(value.expression.text)
  );
}
