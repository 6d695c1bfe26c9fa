import type ts from 'typescript';
import type { FlowNode, FlowSite } from '../base/flow.ts';
import { isFunctionNode } from '../syntax/nodes.ts';
import { ifStatement } from './branches.ts';
import { type Chart, NOTHING, sequence } from './chart.ts';
import { labelOf } from './labels.ts';
import { guarded, loop } from './loops.ts';
import { disposalsOf } from './resources.ts';
import { shortText } from './short-text.ts';

/** What a statement reaches. */
export function statement(chart: Chart, node: ts.Node): FlowNode[] {
  if (!chart.relevant.has(node)) return [];
  const { ts } = chart;
  if (ts.isBlock(node)) return block(chart, node.statements);
  return labelled(chart, node, itemsOf(chart, node));
}

function itemsOf(chart: Chart, node: ts.Node): FlowNode[] {
  const { ts } = chart;
  const { sourceFile } = chart.body.file;
  if (ts.isIfStatement(node)) return ifStatement(chart, node);
  if (ts.isIterationStatement(node, false)) return loop(chart, node);
  if (ts.isLabeledStatement(node)) return labeledStatement(chart, node);
  if (ts.isSwitchStatement(node)) return switchStatement(chart, node);
  if (ts.isTryStatement(node)) return tryStatement(chart, node);
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) {
    const { expression } = node;
    return [
      ...(expression ? chart.expression(expression) : []),
      {
        kind: 'jump',
        type: ts.isReturnStatement(node) ? 'return' : 'throw',
        ...(expression && { title: shortText(ts, sourceFile, expression) }),
        span: chart.spanOf(node),
      },
    ];
  }
  if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
    const type = ts.isBreakStatement(node) ? 'break' : 'continue';
    return [{ kind: 'jump', type, ...(node.label && { title: node.label.text }), span: chart.spanOf(node) }];
  }
  if (isFunctionNode(ts, node)) return [];
  return chart.expression(node);
}

/** Statements in a row. The rest of them follows `await using` inside of a `try` whose `finally` disposes. */
export function block(chart: Chart, statements: readonly ts.Statement[]): FlowNode[] {
  const { ts } = chart;
  const items: FlowNode[] = [];
  for (const [index, one] of statements.entries()) {
    items.push(...chart.statement(one));
    const resources = ts.isVariableStatement(one) ? disposalsOf(chart, one.declarationList) : [];
    if (resources.length === 0) continue;
    return [...items, guarded(chart, one, block(chart, statements.slice(index + 1)), resources)];
  }
  return items;
}

function labeledStatement(chart: Chart, node: ts.LabeledStatement): FlowNode[] {
  const { ts } = chart;
  const label = node.label.text;
  if (ts.isIterationStatement(node.statement, false)) return loop(chart, node.statement, label);
  return [
    { kind: 'block', label, body: sequence(chart.statement(node.statement)), span: chart.spanOf(node) },
  ];
}

function switchStatement(chart: Chart, node: ts.SwitchStatement): FlowNode[] {
  const { ts } = chart;
  const { sourceFile } = chart.body.file;
  return [
    ...chart.expression(node.expression),
    {
      kind: 'switch',
      on: shortText(ts, sourceFile, node.expression),
      cases: node.caseBlock.clauses.map((clause) => ({
        ...(ts.isCaseClause(clause) && { test: shortText(ts, sourceFile, clause.expression) }),
        reach: ts.isCaseClause(clause) ? sequence(chart.expression(clause.expression)) : NOTHING,
        body: sequence(block(chart, clause.statements)),
      })),
      span: chart.spanOf(node),
    },
  ];
}

function tryStatement(chart: Chart, node: ts.TryStatement): FlowNode[] {
  const { ts } = chart;
  const { catchClause, finallyBlock } = node;
  const variable = catchClause?.variableDeclaration;
  return [
    {
      kind: 'try',
      body: sequence(chart.statement(node.tryBlock)),
      ...(catchClause && {
        catch: {
          param: variable ? shortText(ts, chart.body.file.sourceFile, variable.name) : '',
          body: sequence([
            ...(variable ? chart.expression(variable.name) : []),
            ...chart.statement(catchClause.block),
          ]),
        },
      }),
      ...(finallyBlock && { finally: sequence(chart.statement(finallyBlock)) }),
      span: chart.spanOf(node),
    },
  ];
}

/** The comment of a statement names its last call that has no name. */
function labelled(chart: Chart, node: ts.Node, items: FlowNode[]): FlowNode[] {
  const { ts } = chart;
  if (!ts.isExpressionStatement(node) && !ts.isVariableStatement(node) && !ts.isReturnStatement(node))
    return items;
  const at = items.findLastIndex((item) => item.kind === 'site' || item.kind === 'if');
  const box = items[at];
  const label = labelOf(ts, chart.body.file.sourceFile, node);
  if (label === undefined || box?.kind !== 'site' || box.label !== undefined) return items;
  const named: FlowSite = { ...box, label };
  return items.with(at, named);
}
