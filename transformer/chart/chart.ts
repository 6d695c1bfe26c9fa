import type ts from 'typescript';
import type { FlowNode, FlowSite, Span } from '../base/flow.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { FunctionNode } from '../syntax/nodes.ts';

/** What the builders of the flow of one durable function share. Each builds one kind of node, in the order of evaluation. */
export interface Chart {
  readonly ts: TypeScript;
  readonly body: Body;
  /** Nodes that are sites, hold one, or leave a function that does. All others are skipped. */
  readonly relevant: ReadonlySet<ts.Node>;
  /** The box of a node, for those that have one. */
  box(node: ts.Node): FlowSite | undefined;
  /** The index of a function that reaches a site. */
  indexOf(fn: FunctionNode | undefined): number | undefined;
  /** Notes that a function is called where a `use` says so. */
  used(index: number): void;
  /** What an expression, or another node with expressions below it, reaches. */
  expression(node: ts.Node): FlowNode[];
  statement(node: ts.Node): FlowNode[];
  spanOf(node: ts.Node): Span;
}

export const sequence = (items: readonly FlowNode[]): FlowNode =>
  items.length === 1 ? items[0]! : { kind: 'seq', items: items.flatMap(flat) };

/** Sequences inside of sequences are one. */
const flat = (node: FlowNode): readonly FlowNode[] => (node.kind === 'seq' ? node.items : [node]);

export const NOTHING: FlowNode = { kind: 'seq', items: [] };

export const isNothing = (node: FlowNode): boolean => node.kind === 'seq' && node.items.length === 0;
