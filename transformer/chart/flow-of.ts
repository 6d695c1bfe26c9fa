import type ts from 'typescript';
import type { FlowNode, FunctionFlow, InnerFunction, Span } from '../base/flow.ts';
import type { Body } from '../body/body.ts';
import { closureName } from '../body/closure-name.ts';
import type { SiteNames } from '../body/name-sites.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { type FunctionNode, isAsync } from '../syntax/nodes.ts';
import { boxesOf } from './boxes.ts';
import type { Chart } from './chart.ts';
import { sequence } from './chart.ts';
import { expression } from './expressions.ts';
import { reachedFrom } from './functions.ts';
import { pruned } from './prune.ts';
import { block, statement } from './statements.ts';

/**
 * The flow of control of a durable function, made after its sites have their ids. Undefined for code that is nested too deeply.
 */
export function flowOf(body: Body, names: SiteNames, promises: PromiseFlow): FunctionFlow | undefined {
  try {
    return buildFlow(body, names, promises);
  } catch (error) {
    // A picture of so deep a nesting shows nothing, and is no reason to refuse the code.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function buildFlow(body: Body, names: SiteNames, promises: PromiseFlow): FunctionFlow {
  const { ts, sourceFile } = body.file;
  const spanOf = (node: ts.Node): Span => {
    const end = sourceFile.getLineAndCharacterOfPosition(node.end);
    const { line, column } = body.file.positionOf(node);
    return [line, column, end.line + 1, end.character + 1];
  };
  const boxes = boxesOf(body, names, promises, spanOf);
  const { functions, nodes } = reachedFrom(body, boxes);
  const indexes = new Map<ts.Node, number>(functions.map((fn, index) => [fn, index]));
  const scopes = new Map(names.scopes.map(({ node, id }) => [node, id]));
  const used = new Set<number>();
  const chart: Chart = {
    ts,
    body,
    relevant: nodes,
    box: (node) => boxes.get(node),
    indexOf: (fn) => fn && indexes.get(fn),
    used: (index) => void used.add(index),
    expression: (node) => expression(chart, node),
    statement: (node) => statement(chart, node),
    spanOf,
  };
  const whole = bodyOf(chart, body.durable.node);
  const bodies = functions.map((fn) => bodyOf(chart, fn));
  return {
    body: whole,
    functions: functions.map((fn, index): InnerFunction => {
      const scope = scopes.get(fn);
      return {
        name: closureName(body.file, fn),
        span: spanOf(fn),
        ...(scope !== undefined && { scope }),
        ...(isAsync(ts, fn) && { async: true }),
        ...(!used.has(index) && { stored: true }),
        body: bodies[index]!,
      };
    }),
  };
}

function bodyOf(chart: Chart, fn: FunctionNode): FlowNode {
  const { parameters, body } = fn;
  const given = parameters.flatMap((one) => chart.expression(one));
  const items = fn === chart.body.durable.node ? given : given.map(inParameter);
  if (body === undefined) return sequence(items);
  if (chart.ts.isBlock(body)) return pruned(sequence([...items, ...block(chart, body.statements)]));
  return pruned(sequence([...items, ...chart.expression(body)]));
}

/** A default value of a parameter is evaluated before the function has a scope of its own. */
function inParameter(node: FlowNode): FlowNode {
  if (node.kind === 'site') return { ...node, outer: true };
  if (node.kind === 'if') return { ...node, yes: inParameter(node.yes), no: inParameter(node.no) };
  return node.kind === 'seq' ? { ...node, items: node.items.map(inParameter) } : node;
}
