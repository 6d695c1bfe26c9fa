import type ts from 'typescript';
import type { FlowBranch, FlowNode } from '../base/flow.ts';
import { isLogical } from '../syntax/nodes.ts';
import { type Chart, NOTHING, sequence } from './chart.ts';
import { shortText } from './short-text.ts';

/** Expressions of which a part is evaluated only sometimes. */

function branch(
  chart: Chart,
  node: ts.Node,
  via: FlowBranch['via'],
  on: ts.Node,
  parts: { readonly yes?: readonly FlowNode[]; readonly no?: readonly FlowNode[] },
): FlowNode {
  return {
    kind: 'if',
    via,
    on: shortText(chart.ts, chart.body.file.sourceFile, on),
    yes: sequence(parts.yes ?? []),
    no: sequence(parts.no ?? []),
    span: chart.spanOf(node),
  };
}

export function conditional(chart: Chart, node: ts.ConditionalExpression): FlowNode[] {
  return [
    ...chart.expression(node.condition),
    branch(chart, node, '?:', node.condition, {
      yes: chart.expression(node.whenTrue),
      no: chart.expression(node.whenFalse),
    }),
  ];
}

/** `a && b`, `a ??= b`; undefined for all other operators. */
export function logical(chart: Chart, node: ts.BinaryExpression): FlowNode[] | undefined {
  const via = operatorOf(chart, node);
  if (via === undefined) return undefined;
  const right = chart.expression(node.right);
  return [
    ...chart.expression(node.left),
    branch(chart, node, via, node.left, via === '&&' ? { yes: right } : { no: right }),
  ];
}

function operatorOf({ ts }: Chart, node: ts.BinaryExpression): '&&' | '||' | '??' | undefined {
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
      return '&&';
    case ts.SyntaxKind.BarBarEqualsToken:
      return '||';
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
      return '??';
    default:
      return isLogical(ts, node)
        ? (ts.tokenToString(node.operatorToken.kind) as '&&' | '||' | '??')
        : undefined;
  }
}

/** `{ a = load() }` and `(a = load())`: the value is used if there is none. */
export function withDefault(chart: Chart, node: ts.BindingElement | ts.ParameterDeclaration): FlowNode[] {
  const { ts } = chart;
  const items: FlowNode[] = [];
  if (ts.isBindingElement(node) && node.propertyName) items.push(...chart.expression(node.propertyName));
  if (node.initializer)
    items.push(branch(chart, node, '=', node.name, { no: chart.expression(node.initializer) }));
  if (!ts.isIdentifier(node.name)) items.push(...chart.expression(node.name));
  return items;
}

/**
 * What a pattern on the left of `=` reaches: `[a = load()] = list`. The value has been evaluated before.
 */
export function pattern(chart: Chart, target: ts.Node): FlowNode[] {
  const { ts } = chart;
  if (!chart.relevant.has(target)) return [];
  if (ts.isShorthandPropertyAssignment(target) && target.objectAssignmentInitializer)
    return [withInitializer(target, target.name, target.objectAssignmentInitializer)];
  if (ts.isPropertyAssignment(target))
    return [...chart.expression(target.name), ...pattern(chart, target.initializer)];
  if (ts.isBinaryExpression(target) && target.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return [withInitializer(target, target.left, target.right), ...pattern(chart, target.left)];
  if (!isPattern(chart, target)) return chart.expression(target);
  const items: FlowNode[] = [];
  ts.forEachChild(target, (child) => void items.push(...pattern(chart, child)));
  return items;

  function withInitializer(node: ts.Node, on: ts.Node, initializer: ts.Expression): FlowNode {
    return branch(chart, node, '=', on, { no: chart.expression(initializer) });
  }
}

export const isPattern = ({ ts }: Chart, node: ts.Node): boolean =>
  ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);

/** What the parts of a chain reach, from one `?.` to the next. */
interface Segment {
  /** What has to be there for it. */
  readonly on: ts.Node | undefined;
  readonly items: FlowNode[];
}

/**
 * A chain with `?.`: what follows a `?.` is skipped if the value before it is not there.
 *
 * @param link what one link reaches after its receiver
 */
export function optionalChain(
  chart: Chart,
  chain: ts.Expression,
  link: (node: ts.Expression) => readonly FlowNode[],
): FlowNode[] {
  let rest: FlowNode[] = [];
  for (const { on, items } of segmentsOf(chart, chain, link).reverse()) {
    const all = items.concat(rest);
    rest = on === undefined ? all : [branch(chart, chain, '?.', on, { yes: all })];
  }
  return rest;
}

type Link = ts.CallChain | ts.PropertyAccessChain | ts.ElementAccessChain;

function segmentsOf(
  chart: Chart,
  node: ts.Expression,
  link: (node: ts.Expression) => readonly FlowNode[],
): Segment[] {
  const { ts } = chart;
  if (ts.isNonNullExpression(node) && ts.isOptionalChain(node))
    return segmentsOf(chart, node.expression, link);
  if (!ts.isOptionalChain(node)) return [{ on: undefined, items: chart.expression(node) }];
  const { expression, questionDotToken } = node as Link;
  const segments = segmentsOf(chart, expression, link);
  if (questionDotToken) segments.push({ on: expression, items: [] });
  segments.at(-1)!.items.push(...link(node));
  return segments;
}

/** Whether a node is the whole of a chain with `?.`, and not a link of it. */
export function isWholeChain({ ts }: Chart, node: ts.Node): node is ts.Expression {
  const { parent } = node;
  return ts.isOptionalChain(node) && !(ts.isOptionalChain(parent) && parent.expression === node);
}

export const ifStatement = (chart: Chart, node: ts.IfStatement): FlowNode[] => [
  ...chart.expression(node.expression),
  branch(chart, node, 'if', node.expression, {
    yes: chart.statement(node.thenStatement),
    no: node.elseStatement ? chart.statement(node.elseStatement) : [NOTHING],
  }),
];
