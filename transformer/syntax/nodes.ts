import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/** Questions about single nodes that several passes have. */

/** Functions with a body of their own, which contains its own `await`s. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;

/** A call, or a tagged template, which is a call with another syntax. */
export type CallNode = ts.CallExpression | ts.TaggedTemplateExpression;

export function isFunctionNode(ts: TypeScript, node: ts.Node): node is FunctionNode {
  // One switch instead of seven type guards: this is called several times for each node.
  switch (node.kind) {
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.FunctionExpression:
    case ts.SyntaxKind.ArrowFunction:
    case ts.SyntaxKind.MethodDeclaration:
    case ts.SyntaxKind.Constructor:
    case ts.SyntaxKind.GetAccessor:
    case ts.SyntaxKind.SetAccessor:
      return true;
    default:
      return false;
  }
}

export function isClosure(ts: TypeScript, node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

export function isCall(ts: TypeScript, node: ts.Node): node is CallNode {
  return (ts.isCallExpression(node) && !isImportCall(ts, node)) || ts.isTaggedTemplateExpression(node);
}

export function isImportCall(ts: TypeScript, node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression;
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  // `import.defer(...)` and `import.source(...)`; `import.meta` is not a call.
  return (
    ts.isMetaProperty(callee) &&
    callee.keywordToken === ts.SyntaxKind.ImportKeyword &&
    callee.name.text !== 'meta'
  );
}

export function calleeOf(ts: TypeScript, node: CallNode): ts.Expression {
  return ts.isCallExpression(node) ? node.expression : node.tag;
}

export function isAsync(ts: TypeScript, node: FunctionNode): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false;
}

export function isGenerator(node: FunctionNode): boolean {
  return 'asteriskToken' in node && node.asteriskToken !== undefined;
}

export function isAsyncGenerator(ts: TypeScript, node: FunctionNode): boolean {
  return isGenerator(node) && isAsync(ts, node);
}

/** Removes parentheses, type assertions, `!` and `satisfies`, which have no meaning at run time. */
export function unwrap(ts: TypeScript, node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isTypeAssertionExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** The outermost of the wrappers that `unwrap` would remove around this expression. */
export function wrapped(ts: TypeScript, node: ts.Expression): ts.Expression {
  let outer = node;
  for (;;) {
    const parent = outer.parent;
    if (
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ts.isSatisfiesExpression(parent) ||
      ts.isTypeAssertionExpression(parent)
    ) {
      outer = parent;
    } else return outer;
  }
}

/** The nearest function that contains a node, other than the node itself. */
export function functionAround(ts: TypeScript, node: ts.Node): FunctionNode | undefined {
  for (let at = node.parent; at; at = at.parent) if (isFunctionNode(ts, at)) return at;
  return undefined;
}

export function contains(outer: ts.Node, inner: ts.Node): boolean {
  // The positions answer most calls without a walk through the ancestors.
  if (inner.pos < outer.pos || inner.end > outer.end) return false;
  for (let at: ts.Node | undefined = inner; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** Types, interfaces, ambient declarations, signatures of overloads, abstract members: nothing of these exists at run time. */
export function isErased(ts: TypeScript, node: ts.Node): boolean {
  const { kind } = node;
  // Patterns, expressions, and statements that declare nothing else. Most nodes are of these kinds.
  if (kind >= ts.SyntaxKind.ObjectBindingPattern && kind <= ts.SyntaxKind.DebuggerStatement) {
    return kind === ts.SyntaxKind.VariableStatement && isDeclared(ts, node);
  }
  if (kind === ts.SyntaxKind.Identifier) return false;
  if (ts.isTypeNode(node)) return true;
  if (
    kind === ts.SyntaxKind.InterfaceDeclaration ||
    kind === ts.SyntaxKind.TypeAliasDeclaration ||
    kind === ts.SyntaxKind.TypeParameter
  ) {
    return true;
  }
  if (isFunctionNode(ts, node) && node.body === undefined) return true;
  return isDeclared(ts, node);
}

/** Whether a node has the modifier `declare`, or is a property that is `abstract`. */
function isDeclared(ts: TypeScript, node: ts.Node): boolean {
  const { modifiers } = node as { modifiers?: ts.NodeArray<ts.ModifierLike> };
  if (modifiers === undefined) return false;
  const { DeclareKeyword, AbstractKeyword } = ts.SyntaxKind;
  return modifiers.some(
    ({ kind }) => kind === DeclareKeyword || (kind === AbstractKeyword && ts.isPropertyDeclaration(node)),
  );
}

/**
 * Calls `visit` for a node and all nodes below it that exist at run time, parents first. If `visit` returns `false`, the
 * children are skipped.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing goes on
export function walk(ts: TypeScript, node: ts.Node, visit: (node: ts.Node) => boolean | void): void {
  // Without recursion: the tree of a long sum is as deep as the sum is long.
  const stack = [node];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (isErased(ts, at) || visit(at) === false) continue;
    const bottom = stack.length;
    ts.forEachChild(at, (child) => void stack.push(child));
    for (let low = bottom, high = stack.length - 1; low < high; low++, high--) {
      [stack[low], stack[high]] = [stack[high]!, stack[low]!];
    }
  }
}

/** Whether an identifier reads or writes a variable. Names of properties, labels and declarations don't. */
export function isReference(ts: TypeScript, node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent) || ts.isMetaProperty(parent)) {
    return 'expression' in parent && parent.expression === node;
  }
  if (ts.isShorthandPropertyAssignment(parent))
    return parent.name === node || parent.objectAssignmentInitializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.initializer === node;
  }
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node;
  if (ts.isJsxAttribute(parent)) return false;
  return (
    !(ts.isDeclarationStatement(parent) || isFunctionNode(ts, parent) || ts.isClassLike(parent)) ||
    parent.name !== node
  );
}

/** Whether an identifier names a member of something: `b` in `a.b`, `{ b: 1 }` and `const { b: c } = a`. */
export function isMemberName(ts: TypeScript, node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isJsxAttribute(parent)) &&
    parent.name === node
  );
}

/** A property name that is known at compile time; undefined otherwise. */
export function staticKey(
  ts: TypeScript,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  const argument = node.argumentExpression;
  return ts.isStringLiteralLike(argument) || ts.isNumericLiteral(argument) ? argument.text : undefined;
}

/** The innermost expression of a chain of accesses and calls: `a` in `a.b().c`. */
export function rootOf(ts: TypeScript, node: ts.Expression): ts.Expression {
  let root = unwrap(ts, node);
  for (;;) {
    if (
      ts.isPropertyAccessExpression(root) ||
      ts.isElementAccessExpression(root) ||
      ts.isCallExpression(root)
    ) {
      root = unwrap(ts, root.expression);
    } else if (ts.isTaggedTemplateExpression(root)) root = unwrap(ts, root.tag);
    else return root;
  }
}

/** `&&`, `||` or `??`. */
export function isLogical(ts: TypeScript, node: ts.BinaryExpression): boolean {
  const kind = node.operatorToken.kind;
  return (
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** `=` or a logical assignment: the right side becomes the value of the left one. */
export function isAssignment(ts: TypeScript, node: ts.BinaryExpression): boolean {
  const kind = node.operatorToken.kind;
  return (
    kind === ts.SyntaxKind.EqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}

/** Whether an expression is assigned to, also as a part of a pattern. */
export function isAssigned(ts: TypeScript, node: ts.Expression): boolean {
  let at: ts.Node = node;
  while (
    ts.isArrayLiteralExpression(at.parent) ||
    ts.isObjectLiteralExpression(at.parent) ||
    ts.isPropertyAssignment(at.parent) ||
    ts.isSpreadElement(at.parent) ||
    ts.isSpreadAssignment(at.parent)
  )
    at = at.parent;
  const { parent } = at;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === at;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  if (!ts.isBinaryExpression(parent) || parent.left !== at) return false;
  const { kind } = parent.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The parent of an expression; wrappers without a meaning at run time are skipped. */
export function unwrapParent(ts: TypeScript, node: ts.Node): ts.Node {
  let parent = node.parent;
  while (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  ) {
    parent = parent.parent;
  }
  return parent;
}

/** What a function may return: its expression body, or the operands of its own `return` statements. */
export function returnsOf(ts: TypeScript, node: FunctionNode): ts.Expression[] {
  if (!node.body) return [];
  if (!ts.isBlock(node.body)) return [node.body];
  const values: ts.Expression[] = [];
  ts.forEachChild(node.body, function each(child): void {
    if (ts.isReturnStatement(child) && child.expression) values.push(child.expression);
    else if (!isFunctionNode(ts, child) && !ts.isClassLike(child)) ts.forEachChild(child, each);
  });
  return values;
}
