import type ts from 'typescript';
import type { FlowNode, FlowParallel, FlowSite, FlowUse } from '../base/flow.ts';
import { calleeName, isHelperCall, localFunctionOf } from '../body/callees.ts';
import { originOf } from '../file/origins.ts';
import { ADDERS, CHAINERS } from '../syntax/method-names.ts';
import { calleeOf, type FunctionNode, isAsync, isClosure, isFunctionNode, unwrap } from '../syntax/nodes.ts';
import { type Chart, sequence } from './chart.ts';
import { shortText } from './short-text.ts';

/** Calls: the arguments first, then the call, then the functions that it was given. */

type Call = ts.CallExpression | ts.TaggedTemplateExpression | ts.NewExpression;

/** What a call reaches after its callee. */
export function callItems(chart: Chart, call: Call): FlowNode[] {
  const { ts } = chart;
  const combined = ts.isCallExpression(call) ? parallel(chart, call) : undefined;
  if (combined !== undefined) return [combined];
  const given = argumentsOf(chart, call);
  const items: FlowNode[] = [];
  const late: FlowNode[] = [];
  for (const argument of given) {
    const fn = functionGiven(chart, argument);
    const index = chart.indexOf(fn);
    if (fn !== undefined) {
      // What is put into a list is called from there, if at all.
      if (index !== undefined && !isAdded(chart, call)) late.push(use(chart, call, argument, fn, index));
    } else if (chart.box(argument)?.many) late.push(...chart.expression(argument));
    else {
      items.push(...chart.expression(argument));
      late.push(...heldFunctions(chart, call, argument));
    }
  }
  const callee = ts.isNewExpression(call) ? call.expression : calleeOf(ts, call);
  const own = chart.indexOf(ts.isNewExpression(call) ? undefined : localFunctionOf(chart.body, callee));
  if (own !== undefined) {
    chart.used(own);
    const by = calleeName(chart.body.file, callee);
    items.push({ kind: 'use', fn: own, how: 'call', by, span: chart.spanOf(call) });
  }
  const box = chart.box(call);
  // What calls its functions at once is done after them.
  const isFirst = box !== undefined && box.type !== 'call' && box.type !== 'await';
  return [...items, ...(isFirst ? [box] : []), ...late, ...(box && !isFirst ? [box] : [])];
}

function argumentsOf({ ts }: Chart, call: Call): readonly ts.Expression[] {
  if (!ts.isTaggedTemplateExpression(call)) return call.arguments ?? [];
  const { template } = call;
  return ts.isTemplateExpression(template) ? template.templateSpans.map(({ expression }) => expression) : [];
}

/** A closure, or a function inside the durable one by its name. */
function functionGiven(chart: Chart, argument: ts.Expression): FunctionNode | undefined {
  const value = unwrap(chart.ts, argument);
  if (isClosure(chart.ts, value)) return value;
  return chart.ts.isIdentifier(value) ? localFunctionOf(chart.body, value) : undefined;
}

function isAdded({ ts }: Chart, call: Call): boolean {
  const callee = ts.isCallExpression(call) ? unwrap(ts, call.expression) : undefined;
  return callee !== undefined && ts.isPropertyAccessExpression(callee) && ADDERS.has(callee.name.text);
}

/** Functions in literals that are arguments: `{ onDone: async () => {} }`. */
function heldFunctions(chart: Chart, call: Call, argument: ts.Expression): FlowNode[] {
  const { ts } = chart;
  const value = unwrap(ts, argument);
  if (!ts.isObjectLiteralExpression(value) && !ts.isArrayLiteralExpression(value)) return [];
  const parts: readonly ts.Node[] = ts.isObjectLiteralExpression(value) ? value.properties : value.elements;
  return parts.flatMap((part) => {
    const held = ts.isPropertyAssignment(part) ? part.initializer : part;
    if (ts.isExpression(held) && (ts.isObjectLiteralExpression(held) || ts.isArrayLiteralExpression(held)))
      return heldFunctions(chart, call, held);
    const fn = isFunctionNode(ts, held)
      ? held
      : ts.isExpression(held)
        ? functionGiven(chart, held)
        : undefined;
    const index = chart.indexOf(fn);
    return fn === undefined || index === undefined ? [] : [use(chart, call, held, fn, index)];
  });
}

function use(chart: Chart, call: Call, given: ts.Node, fn: FunctionNode, index: number): FlowUse {
  const { ts, body } = chart;
  const callee = ts.isNewExpression(call) ? call.expression : calleeOf(ts, call);
  const name = calleeName(body.file, callee);
  const target = unwrap(ts, callee);
  const method = ts.isPropertyAccessExpression(target) ? target.name.text : '';
  chart.used(index);
  const base = { kind: 'use', fn: index, span: chart.spanOf(given) } as const;
  if (ts.isNewExpression(call) && originOf(body.file, callee) === 'Promise')
    return { ...base, how: 'call', by: 'new Promise' };
  if (CHAINERS.has(method) && ts.isCallExpression(call)) {
    const how = method === 'then' && call.arguments[1] === given ? 'catch' : (method as 'then');
    return { ...base, how, by: name };
  }
  if (chart.box(call)?.type === 'sleep') return { ...base, how: 'then', by: name };
  if (!ts.isCallExpression(call) || !isHelperCall(body, call)) {
    // A function that is given by its name is no closure to `isHelperCall`.
    const isNamed = ts.isIdentifier(given) && ts.isCallExpression(call) && HELPERS.test(method);
    if (!isNamed) return { ...base, how: 'perhaps', by: name };
  }
  const list =
    method === 'from' || method === 'fromAsync' ? (call as ts.CallExpression).arguments[0] : undefined;
  const over = list ?? (target as ts.PropertyAccessExpression).expression;
  const together = isAsync(ts, fn) && !/^reduce/.test(method);
  const by = shortText(ts, body.file.sourceFile, over);
  return { ...base, how: 'each', by, ...(together && { together: true }) };
}

const HELPERS = /^(map|flatMap|filter|forEach|reduce|reduceRight|some|every|find|findIndex)$/;

/** `Promise.all([...])`: what begins in the elements of the list goes on side by side. */
function parallel(chart: Chart, call: ts.CallExpression): FlowParallel | undefined {
  const { ts } = chart;
  const box = chart.box(call);
  if (box?.type !== 'combinator') return undefined;
  const how = /all(Settled)?$|race$|any$/.exec(originOf(chart.body.file, call.expression) ?? '')?.[0];
  const [list] = call.arguments;
  const value = list && unwrap(ts, list);
  const parts: readonly ts.Expression[] =
    value === undefined ? [] : ts.isArrayLiteralExpression(value) ? value.elements : [value];
  const branches = parts.map((part) => sequence(chart.expression(part).map(notStarted)));
  return {
    kind: 'parallel',
    how: (how ?? 'all') as FlowParallel['how'],
    id: box.id,
    branches,
    span: chart.spanOf(call),
  };
}

/** What begins in a branch is waited for at the end of it. */
function notStarted(node: FlowNode): FlowNode {
  if (node.kind !== 'site') return node;
  const { started: _, ...box } = node satisfies FlowSite;
  return box;
}
