import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { unwrap } from './nodes.ts';

/**
 * The text of an expression in V8's TypeErrors, as in `jobs[kind] is not a function`. The runtime throws such errors instead of
 * plain code, and programs may compare their messages.
 */
export function shownText(ts: TypeScript, expression: ts.Expression): string {
  const node = unwrap(ts, expression);
  const show = (inner: ts.Expression): string => shownText(ts, inner);
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return access(node);
  if (ts.isCallExpression(node)) {
    return node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? `import(${node.arguments.map(show).join('')})`
      : `${show(node.expression)}(...)`;
  }
  if (ts.isTaggedTemplateExpression(node)) return `${show(node.tag)}(...)`;
  if (ts.isTemplateExpression(node))
    return node.templateSpans.map((span) => show(span.expression)).join('') || UNNAMED;
  if (ts.isStringLiteralLike(node)) return `"${node.text}"`;
  if (ts.isNumericLiteral(node)) return node.text;
  if (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand)) return node.getText();
  if (ts.isPrefixUnaryExpression(node)) return `(${ts.tokenToString(node.operator)}${show(node.operand)})`;
  if (ts.isTypeOfExpression(node)) return `(typeof ${show(node.expression)})`;
  if (ts.isArrayLiteralExpression(node)) return `[${node.elements.map(show).join(',')}]`;
  if (ts.isConditionalExpression(node)) return UNNAMED.repeat(3);
  if (ts.isBinaryExpression(node)) return binary(node);
  switch (node.kind) {
    case ts.SyntaxKind.ThisKeyword:
      return 'this';
    case ts.SyntaxKind.NullKeyword:
      return 'null';
    case ts.SyntaxKind.TrueKeyword:
      return 'true';
    case ts.SyntaxKind.FalseKeyword:
      return 'false';
    default:
      return UNNAMED;
  }

  function access(member: ts.PropertyAccessExpression | ts.ElementAccessExpression): string {
    const base = isClosedChain(ts, member.expression) ? UNNAMED : show(member.expression);
    const dot = member.questionDotToken ? '?.' : '';
    if (ts.isPropertyAccessExpression(member) && ts.isPrivateIdentifier(member.name))
      return `${base}${dot}[${member.name.text}]`;
    if (ts.isPropertyAccessExpression(member)) return `${base}${dot || '.'}${member.name.text}`;
    const key = unwrap(ts, member.argumentExpression);
    return ts.isStringLiteralLike(key) ? `${base}${dot || '.'}${key.text}` : `${base}${dot}[${show(key)}]`;
  }

  function binary({ left, operatorToken, right }: ts.BinaryExpression): string {
    const operator = operatorToken.kind;
    if (operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment)
      return show(left);
    return `(${show(left)} ${operatorToken.getText()} ${show(right)})`;
  }
}

const UNNAMED = '(intermediate value)';

/** `(a?.b)`: the parentheses end what `?.` skips. */
function isClosedChain(ts: TypeScript, node: ts.Expression): boolean {
  return ts.isParenthesizedExpression(node) && ts.isOptionalChain(unwrap(ts, node));
}

/** The text of an expression in V8's error for a value that is not async iterable; undefined if the value is always iterable. */
export function shownIterable(ts: TypeScript, expression: ts.Expression): string | undefined {
  const node = unwrap(ts, expression);
  if (ts.isArrayLiteralExpression(node)) return undefined;
  const text = shownText(ts, node);
  return ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isNewExpression(node)
    ? `${text} is not a function or its return value`
    : text;
}
