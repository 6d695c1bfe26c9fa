import type ts from 'typescript';
import type { FlowLoop, FlowNode } from '../base/flow.ts';
import { originOf } from '../file/origins.ts';
import { unwrap } from '../syntax/nodes.ts';
import { pattern } from './branches.ts';
import { type Chart, sequence } from './chart.ts';
import { disposalsOf } from './resources.ts';
import { shortText } from './short-text.ts';

/** Everything of a loop but where it is. */
type Parts = Pick<FlowLoop, 'type' | 'head'> & {
  readonly test?: readonly FlowNode[];
  readonly body: readonly FlowNode[];
  readonly update?: readonly FlowNode[];
  readonly endless?: boolean;
};

export function loop(chart: Chart, node: ts.IterationStatement, label?: string): FlowNode[] {
  const { ts } = chart;
  const made = (parts: Parts): FlowNode => ({
    kind: 'loop',
    type: parts.type,
    ...(label !== undefined && { label }),
    head: parts.head,
    ...(parts.endless && { endless: true }),
    test: sequence(parts.test ?? []),
    body: sequence(parts.body),
    update: sequence(parts.update ?? []),
    span: chart.spanOf(node),
  });
  const text = (part: ts.Node): string => shortText(ts, chart.body.file.sourceFile, part);
  const { statement } = node;
  if (ts.isForStatement(node)) {
    const { initializer, condition, incrementor } = node;
    const whole = made({
      type: 'for',
      head: condition ? text(condition) : '',
      endless: !condition || isTrue(chart, condition),
      test: condition ? chart.expression(condition) : [],
      body: chart.statement(statement),
      update: incrementor ? chart.expression(incrementor) : [],
    });
    const resources = initializer ? disposalsOf(chart, initializer) : [];
    const before = initializer ? chart.expression(initializer) : [];
    if (resources.length === 0) return [...before, whole];
    return [...before, guarded(chart, node, [whole], resources)];
  }
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const resources = disposalsOf(chart, node.initializer);
    const target = ts.isVariableDeclarationList(node.initializer)
      ? chart.expression(node.initializer)
      : pattern(chart, node.initializer);
    const inner = [...target, ...chart.statement(statement)];
    const awaits = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
    const word = ts.isForOfStatement(node) ? 'of' : 'in';
    const name = ts.isVariableDeclarationList(node.initializer)
      ? node.initializer.declarations[0]!.name
      : node.initializer;
    return [
      ...chart.expression(node.expression).filter((item) => !awaits || !isIterated(item)),
      made({
        type: awaits ? 'for await' : word === 'of' ? 'for of' : 'for in',
        head: `${text(name)} ${word} ${text(node.expression)}`,
        test: awaits ? iterated(chart, node.expression) : [],
        body: resources.length === 0 ? inner : [guarded(chart, node, inner, resources)],
      }),
    ];
  }
  const { expression } = node as ts.WhileStatement | ts.DoStatement;
  return [
    made({
      type: ts.isDoStatement(node) ? 'do' : 'while',
      head: text(expression),
      endless: isTrue(chart, expression),
      test: chart.expression(expression),
      body: chart.statement(statement),
    }),
  ];
}

/** What comes in the body of a `for await` while it goes over the iterable, and not before. */
const isIterated = (item: FlowNode): boolean =>
  item.kind === 'site' && (item.id === 'for await' || item.type === 'signal');

/** The sites that record something for each round: of the iterable, or of the `signals(...)` that it is. */
function iterated(chart: Chart, iterable: ts.Expression): FlowNode[] {
  const { ts } = chart;
  const { file } = chart.body;
  const here = chart.expression(iterable).filter(isIterated);
  const value = unwrap(ts, iterable);
  if (!ts.isIdentifier(value)) return here;
  const declaration = file.bindings.resolve(value)?.declaration;
  const made =
    declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(ts, declaration.initializer)
      : undefined;
  if (!made || !ts.isCallExpression(made) || originOf(file, made.expression) !== 'use-durable#signals')
    return here;
  const box = chart.box(made);
  return box ? [...here, box] : here;
}

/** `finally` disposes of resources, the last one first. */
export const guarded = (
  chart: Chart,
  node: ts.Node,
  body: readonly FlowNode[],
  resources: readonly FlowNode[],
): FlowNode => ({
  kind: 'try',
  body: sequence(body),
  finally: sequence([...resources].reverse()),
  span: chart.spanOf(node),
});

function isTrue({ ts }: Chart, condition: ts.Expression): boolean {
  const node = unwrap(ts, condition);
  return node.kind === ts.SyntaxKind.TrueKeyword || (ts.isNumericLiteral(node) && node.text === '1');
}
