import type ts from 'typescript';
import type { FlowNode } from '../base/flow.ts';
import type { Chart } from './chart.ts';

/** `await using x = open()`: what disposes of the resources of a declaration, in their order. */
export function disposalsOf(chart: Chart, list: ts.ForInitializer): FlowNode[] {
  const { ts } = chart;
  if (!ts.isVariableDeclarationList(list)) return [];
  return list.declarations.flatMap(({ name }) => chart.box(name) ?? []);
}
