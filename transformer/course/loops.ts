import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { unwrap } from '../syntax/nodes.ts';
import type { Mark } from './mark.ts';
import type { Variables } from './variables.ts';

export function headsOf(typescript: TypeScript, node: ts.IterationStatement): readonly ts.Node[] {
  const ts = typescript;
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return [node.expression];
  if (ts.isForStatement(node)) return [node.condition, node.incrementor].filter((head) => head !== undefined);
  return [(node as ts.WhileStatement | ts.DoStatement).expression];
}

/** `break` and `continue` without a label. */
export const isInnerJump = ({ kind, text }: Mark): boolean =>
  kind === 'jump' && /^jump:(break|continue):$/.test(text);

/** The list that a loop goes through; also of `for (let i = 0; i < list.length; i++)`. */
export function listOf(typescript: TypeScript, node: ts.IterationStatement): ts.Expression | undefined {
  const ts = typescript;
  if (ts.isForOfStatement(node)) return node.expression;
  if (!ts.isForStatement(node) || !node.condition || !node.incrementor || !node.initializer) return undefined;
  const { initializer, condition, incrementor } = node;
  if (!ts.isVariableDeclarationList(initializer) || initializer.declarations.length !== 1) return undefined;
  const [{ name, initializer: start } = { name: undefined, initializer: undefined }] =
    initializer.declarations;
  const isFromZero = start !== undefined && ts.isNumericLiteral(start) && start.text === '0';
  const isNext =
    (ts.isPostfixUnaryExpression(incrementor) || ts.isPrefixUnaryExpression(incrementor)) &&
    incrementor.operator === ts.SyntaxKind.PlusPlusToken;
  if (!name || !ts.isIdentifier(name) || !isFromZero || !isNext || !ts.isBinaryExpression(condition))
    return undefined;
  const { left, operatorToken, right } = condition;
  const isBelow =
    operatorToken.kind === ts.SyntaxKind.LessThanToken && ts.isIdentifier(left) && left.text === name.text;
  return isBelow && ts.isPropertyAccessExpression(right) && right.name.text === 'length'
    ? right.expression
    : undefined;
}

/** The elements of a list that is written out, or of a variable that holds one. */
export function elementsOf(
  { file, isLocal }: Body,
  list: ts.Expression,
  variables: Variables,
): readonly ts.Expression[] | undefined {
  const { ts, bindings } = file;
  let value = unwrap(ts, list);
  if (ts.isIdentifier(value)) {
    const binding = bindings.resolve(value);
    if (!binding || !isLocal(binding) || variables.mayShare(binding, variables.changes.changed))
      return undefined;
    const { declaration } = binding;
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    if (!ts.isIdentifier(declaration.name)) return undefined;
    value = unwrap(ts, declaration.initializer);
  }
  if (!ts.isArrayLiteralExpression(value) || value.elements.some((one) => ts.isSpreadElement(one)))
    return undefined;
  return value.elements;
}

export const initializerOf = (typescript: TypeScript, node: ts.IterationStatement): readonly ts.Node[] =>
  typescript.isForStatement(node) && node.initializer ? [node.initializer] : [];

export function loopName(typescript: TypeScript, node: ts.IterationStatement): string {
  if (typescript.isWhileStatement(node)) return 'while';
  if (typescript.isDoStatement(node)) return 'do';
  return 'for';
}
