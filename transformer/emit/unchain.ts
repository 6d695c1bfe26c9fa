import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * If the part of an optional chain with the `?.` was replaced, the rest is not an optional chain any more. Compilers for older
 * targets go by that flag.
 */
export function unchain(ts: TypeScript, node: ts.Node): ts.Node {
  const { factory } = ts;
  if (!(node.flags & ts.NodeFlags.OptionalChain) || ('questionDotToken' in node && node.questionDotToken))
    return node;
  const { expression } = node as ts.PropertyAccessExpression;
  if (expression.flags & ts.NodeFlags.OptionalChain) return node;
  if (ts.isPropertyAccessExpression(node)) {
    return placed(factory.createPropertyAccessExpression(expression, node.name), node);
  }
  if (ts.isElementAccessExpression(node)) {
    return placed(factory.createElementAccessExpression(expression, node.argumentExpression), node);
  }
  if (ts.isCallExpression(node)) {
    return placed(factory.createCallExpression(expression, node.typeArguments, node.arguments), node);
  }
  return ts.isNonNullExpression(node) ? placed(factory.createNonNullExpression(expression), node) : node;

  function placed(created: ts.Node, original: ts.Node): ts.Node {
    return ts.setOriginalNode(ts.setTextRange(created, original), original);
  }
}
