import { expect } from 'vitest';
import type { FlowNode, FlowSite, FunctionFlow } from '../../runtime/functions/flow.ts';
import { boxesWith } from '../../runtime/inspect/boxes.ts';
import type { Activation } from './activations.ts';
import { FlowPaths, placesOf } from './flow-paths.ts';

/** Says whether calls of functions took paths of their flows; builds each graph once. */
export class FlowCheck {
  readonly #flows: ReadonlyMap<string, FunctionFlow>;
  readonly #root: string;
  readonly #paths = new Map<FlowNode, Map<string, FlowPaths>>();

  /**
   * @param flows of the durable functions, by their ids as they are loaded
   * @param root the id of the function that a run is of
   */
  constructor(flows: ReadonlyMap<string, FunctionFlow>, root: string) {
    this.#flows = flows;
    this.#root = root;
  }

  /** Each site belongs to one box, and the boxes are on a path in their order. */
  check({ fn, scope, sites, children }: Activation): void {
    if (sites.length === 0) return;
    const flow = this.#flows.get(fn || this.#root);
    if (flow === undefined) throw new Error(`no flow of ${fn}`);
    // A closure in a parameter of a durable function has its scope in that of the caller.
    const body = bodyOf([flow, ...this.#flows.values()], scope);
    const where = scope ?? fn;
    const paths = this.#pathsOf(body, children);
    const outer = flow.functions
      .flatMap((inner) => this.#pathsOf(inner.body, new Set()).boxes)
      .filter((box) => box.outer);
    const ids: string[] = [];
    for (const { id } of sites) {
      const boxes = boxesWith([...paths.boxes.filter((box) => !box.outer), ...outer], id);
      const isListed = boxes.some((box) => box.type !== 'await' && !box.also?.includes(id));
      expect(boxes.length, `boxes of ${id} in ${where}`).toBeGreaterThan(0);
      if (isListed) expect(placesOf(boxes).size, `boxes of ${id}`).toBe(1);
      if (!boxes.some((box) => box.many || box.outer)) ids.push(id);
    }
    expect(paths.firstOutside(ids), `${where}: ${ids.join(', ')}`).toBeUndefined();
  }

  #pathsOf(body: FlowNode, children: ReadonlySet<string>): FlowPaths {
    const known = this.#paths.get(body) ?? new Map<string, FlowPaths>();
    this.#paths.set(body, known);
    const key = [...children].join('\n');
    const paths = known.get(key) ?? new FlowPaths(body, (box) => isSkipped(box, children));
    known.set(key, paths);
    return paths;
  }
}

const isSkipped = ({ id, type, maybe, many, outer }: FlowSite, children: ReadonlySet<string>): boolean =>
  maybe === true || many === true || outer === true || type === 'combinator' || children.has(id);

function bodyOf(flows: readonly FunctionFlow[], scope: string | undefined): FlowNode {
  const [own] = flows;
  if (scope === undefined) return own!.body;
  const holder = flows.find(({ functions }) => functions.some((one) => one.scope === scope));
  const inner = holder?.functions.filter((one) => one.scope === scope) ?? [];
  expect(inner.length, `functions with the scope ${scope}`).toBe(1);
  return inner[0]!.body;
}
