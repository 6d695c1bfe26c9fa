import type { FlowNode } from '../base/flow.ts';
import { isNothing, NOTHING, sequence } from './chart.ts';

/** Without the parts that reach nothing: a branch on whose both sides there is nothing, a loop that only counts. */
export function pruned(node: FlowNode): FlowNode {
  switch (node.kind) {
    case 'seq':
      return sequence(node.items.map(pruned).filter((item) => !isNothing(item)));
    case 'if': {
      const [yes, no] = [pruned(node.yes), pruned(node.no)];
      return isNothing(yes) && isNothing(no) ? NOTHING : { ...node, yes, no };
    }
    case 'switch': {
      const cases = node.cases.map((one) => ({ ...one, reach: pruned(one.reach), body: pruned(one.body) }));
      return cases.some(({ reach, body }) => matters(reach) || matters(body, 'break'))
        ? { ...node, cases }
        : NOTHING;
    }
    case 'loop': {
      const [test, body, update] = [pruned(node.test), pruned(node.body), pruned(node.update)];
      const some = [test, body, update].some((part) => matters(part, 'own'));
      return some ? { ...node, test, body, update } : NOTHING;
    }
    case 'block': {
      const body = pruned(node.body);
      return matters(body) ? { ...node, body } : NOTHING;
    }
    case 'try': {
      const body = pruned(node.body);
      const caught = node.catch && { ...node.catch, body: pruned(node.catch.body) };
      const last = node.finally && pruned(node.finally);
      const parts = [body, caught?.body, last].filter((part) => part !== undefined && !isNothing(part));
      if (parts.length === 0) return NOTHING;
      const { finally: _, ...rest } = node;
      return {
        ...rest,
        body,
        ...(caught && { catch: caught }),
        ...(last && !isNothing(last) && { finally: last }),
      };
    }
    case 'parallel':
      return { ...node, branches: node.branches.map(pruned).filter((one) => !isNothing(one)) };
    default:
      return node;
  }
}

/**
 * Whether something is reached, or a function, loop or block around it is left.
 *
 * @param own jumps that stay inside: `break` of a `switch`, `break` and `continue` of a loop
 */
function matters(node: FlowNode, own?: 'break' | 'own'): boolean {
  switch (node.kind) {
    case 'seq':
      return node.items.some((item) => matters(item, own));
    case 'if':
      return matters(node.yes, own) || matters(node.no, own);
    case 'switch':
      return node.cases.some((one) => matters(one.reach, own) || matters(one.body, own ?? 'break'));
    case 'loop':
      return [node.test, node.body, node.update].some((part) => matters(part, 'own'));
    case 'block':
      return matters(node.body, own);
    case 'try':
      return [node.body, node.catch?.body, node.finally].some(
        (part) => part !== undefined && matters(part, own),
      );
    case 'jump':
      return !(
        node.title === undefined &&
        (node.type === 'break' ? own !== undefined : node.type === 'continue' && own === 'own')
      );
    default:
      return true;
  }
}
