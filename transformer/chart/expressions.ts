import type ts from 'typescript';
import type { FlowNode } from '../base/flow.ts';
import { isCall, isFunctionNode } from '../syntax/nodes.ts';
import {
  conditional,
  isPattern,
  isWholeChain,
  logical,
  optionalChain,
  pattern,
  withDefault,
} from './branches.ts';
import { callItems } from './calls.ts';
import type { Chart } from './chart.ts';
import { shortText } from './short-text.ts';

/** What an expression reaches, in the order of its evaluation. */
export function expression(chart: Chart, node: ts.Node): FlowNode[] {
  if (!chart.relevant.has(node)) return [];
  const { ts } = chart;
  if (isFunctionNode(ts, node)) return [];
  if (isWholeChain(chart, node)) return optionalChain(chart, node, (link) => linkItems(chart, link));
  if (ts.isConditionalExpression(node)) return withBox(chart, node, conditional(chart, node));
  if (ts.isBinaryExpression(node)) {
    const items = logical(chart, node);
    if (items) return withBox(chart, node, items);
    if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken && isPattern(chart, node.left))
      return [...expression(chart, node.right), ...pattern(chart, node.left)];
  }
  if (ts.isBindingElement(node) || ts.isParameter(node)) return withDefault(chart, node);
  // The value comes first, then the defaults in a pattern. A name is no expression.
  if (ts.isVariableDeclaration(node))
    return [
      ...(node.initializer ? expression(chart, node.initializer) : []),
      ...(ts.isIdentifier(node.name) ? [] : expression(chart, node.name)),
    ];
  if (isCall(ts, node) || ts.isNewExpression(node)) {
    const callee = ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;
    return [...expression(chart, callee), ...callItems(chart, node)];
  }
  if (ts.isYieldExpression(node)) {
    const value = node.expression;
    const title = value ? shortText(ts, chart.body.file.sourceFile, value) : '';
    const items = value ? expression(chart, value) : [];
    return withBox(chart, node, [...items, { kind: 'yield', title, span: chart.spanOf(node) }]);
  }
  const items: FlowNode[] = [];
  ts.forEachChild(node, (child) => void items.push(...expression(chart, child)));
  return withBox(chart, node, items);
}

function withBox(chart: Chart, node: ts.Node, items: FlowNode[]): FlowNode[] {
  const box = chart.box(node);
  return box ? [...items, box] : items;
}

/** One link of a chain with `?.`, without its receiver. */
function linkItems(chart: Chart, link: ts.Expression): readonly FlowNode[] {
  const { ts } = chart;
  if (ts.isCallExpression(link)) return callItems(chart, link);
  const key = ts.isElementAccessExpression(link) ? expression(chart, link.argumentExpression) : [];
  return withBox(chart, link, key);
}
