import type { FlowNode, FlowSite } from '../functions/flow.ts';

/** Calls a visitor for a node and all below it. */
export function visit(node: FlowNode, visitor: (node: FlowNode) => void): void {
  visitor(node);
  for (const child of childrenOf(node)) visit(child, visitor);
}

export function childrenOf(node: FlowNode): readonly FlowNode[] {
  switch (node.kind) {
    case 'seq':
      return node.items;
    case 'if':
      return [node.yes, node.no];
    case 'switch':
      return node.cases.flatMap(({ reach, body }) => [reach, body]);
    case 'loop':
      return [node.test, node.body, node.update];
    case 'block':
      return [node.body];
    case 'try':
      return [node.body, node.catch?.body, node.finally].filter((part) => part !== undefined);
    case 'parallel':
      return node.branches;
    default:
      return [];
  }
}

/** The boxes of a part, without those of functions that it calls. */
export function sitesIn(node: FlowNode): readonly FlowSite[] {
  const sites: FlowSite[] = [];
  visit(node, (inner) => void (inner.kind === 'site' && sites.push(inner)));
  return sites;
}
