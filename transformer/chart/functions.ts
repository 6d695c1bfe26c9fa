import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { localFunctionOf } from '../body/callees.ts';
import {
  calleeOf,
  type FunctionNode,
  functionAround,
  isCall,
  isFunctionNode,
  unwrap,
  walk,
} from '../syntax/nodes.ts';

/** Which parts of a durable function reach a site. */
export interface Reached {
  /** The functions inside, in source order. */
  readonly functions: readonly FunctionNode[];
  readonly nodes: ReadonlySet<ts.Node>;
}

/** What a name or a call of it leads to. */
interface Link {
  readonly node: ts.Node;
  readonly to: FunctionNode;
}

export function reachedFrom(body: Body, boxes: ReadonlyMap<ts.Node, unknown>): Reached {
  const { ts } = body.file;
  const { node: whole } = body.durable;
  const links: Link[] = [];
  const jumps: ts.Node[] = [];
  walk(ts, whole, (node) => {
    if (isJump(node)) jumps.push(node);
    else if (isCall(ts, node)) {
      const to = localFunctionOf(body, calleeOf(ts, node));
      if (to) links.push({ node, to });
    } else if (ts.isIdentifier(node) && isGiven(node)) {
      const to = localFunctionOf(body, node);
      if (to) links.push({ node, to });
    }
  });
  const holding = new Set<ts.Node>();
  for (const node of boxes.keys()) climbFunctions(node);
  for (let size = -1; size !== holding.size; ) {
    size = holding.size;
    for (const { node, to } of links) if (holding.has(to)) climbFunctions(node);
  }
  const nodes = new Set<ts.Node>();
  for (const node of boxes.keys()) climb(node);
  for (const { node, to } of links) if (holding.has(to)) climb(node);
  // A closure where it is written: what it is given to calls it.
  for (const fn of holding) climb(fn);
  for (const jump of jumps) {
    const around = functionAround(ts, jump);
    if (around === whole || (around && holding.has(around))) climb(jump);
  }
  const functions = [...holding].filter((node) => isFunctionNode(ts, node)).sort((a, b) => a.pos - b.pos);
  return { functions, nodes };

  function climbFunctions(node: ts.Node): void {
    for (let at = functionOf(node); at && at !== whole && !holding.has(at); at = functionAround(ts, at))
      holding.add(at);
  }

  /** The function in which a node is evaluated; a function itself belongs to those around it. */
  function functionOf(node: ts.Node): FunctionNode | undefined {
    return functionAround(ts, node);
  }

  function climb(node: ts.Node): void {
    for (let at = node; at && !nodes.has(at); at = at.parent) {
      nodes.add(at);
      if (at === whole) return;
    }
  }

  function isJump(node: ts.Node): boolean {
    return (
      ts.isReturnStatement(node) ||
      ts.isThrowStatement(node) ||
      ts.isBreakOrContinueStatement(node) ||
      ts.isYieldExpression(node)
    );
  }

  /** An argument of a call, or an element of a literal in one. */
  function isGiven({ parent }: ts.Identifier): boolean {
    return (
      ts.isCallExpression(parent) ||
      ts.isNewExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isArrayLiteralExpression(parent) ||
      (ts.isExpression(parent) && unwrap(ts, parent) !== parent)
    );
  }
}
