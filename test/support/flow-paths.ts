import type { FlowNode, FlowSite } from '../../runtime/functions/flow.ts';
import { boxesWith } from '../../runtime/inspect/boxes.ts';

/**
 * The flow of one function as a graph: boxes, and what may come after each. Whether a run has taken a path of it is asked by
 * stepping through the graph with all paths that are possible so far.
 */
export class FlowPaths {
  readonly #next: number[][] = [];
  readonly #boxes: { readonly from: number; readonly to: number; readonly box: FlowSite }[] = [];
  readonly #start: number;

  /** @param isSkipped whether a box may have been passed although nothing was recorded */
  constructor(body: FlowNode, isSkipped: (box: FlowSite) => boolean) {
    const end = this.#state();
    this.#start = this.#state();
    const exit = this.#build(body, this.#start, { thrown: end, returned: end, jumps: new Map() }, isSkipped);
    this.#edge(exit, end);
  }

  get boxes(): readonly FlowSite[] {
    return this.#boxes.map(({ box }) => box);
  }

  /** The first id that no path has at its place; undefined if there is a path with all of them. */
  firstOutside(ids: readonly string[]): string | undefined {
    let states = this.#closure([this.#start]);
    for (const [index, id] of ids.entries()) {
      const named = new Set(boxesWith(this.boxes, id));
      const taken = this.#boxes.filter(({ from, box }) => states.has(from) && named.has(box));
      if (taken.length === 0) return `${index}: ${id}`;
      states = this.#closure(taken.map(({ to }) => to));
    }
    return undefined;
  }

  #state(): number {
    return this.#next.push([]) - 1;
  }

  #edge(from: number, to: number): void {
    this.#next[from]!.push(to);
  }

  #closure(from: readonly number[]): ReadonlySet<number> {
    const states = new Set<number>();
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (states.has(at)) continue;
      states.add(at);
      open.push(...this.#next[at]!);
    }
    return states;
  }

  /** @returns the state behind the node */
  #build(node: FlowNode, from: number, out: Exits, isSkipped: (box: FlowSite) => boolean): number {
    const build = (inner: FlowNode, at: number, exits = out): number =>
      this.#build(inner, at, exits, isSkipped);
    const into = (inner: FlowNode, at: number, to: number, exits = out): void =>
      this.#edge(build(inner, at, exits), to);
    // Any code may throw.
    this.#edge(from, out.thrown);
    switch (node.kind) {
      case 'seq':
        return node.items.reduce((at, item) => build(item, at), from);
      case 'site': {
        const to = this.#state();
        this.#boxes.push({ from, to, box: node });
        // What it gives may record something once more, when it is waited for.
        if (node.also) this.#edge(to, from);
        if (isSkipped(node)) this.#edge(from, to);
        this.#edge(to, out.thrown);
        return to;
      }
      case 'if': {
        const to = this.#state();
        into(node.yes, this.#after(from), to);
        into(node.no, this.#after(from), to);
        return to;
      }
      case 'switch': {
        const to = this.#state();
        const exits = { ...out, jumps: new Map([...out.jumps, ['break', to]]) };
        const starts = node.cases.map(() => this.#state());
        let at = from;
        for (const [index, { test, reach }] of node.cases.entries()) {
          if (test === undefined) continue;
          at = build(reach, at);
          this.#edge(at, starts[index]!);
        }
        const other = node.cases.findIndex(({ test }) => test === undefined);
        this.#edge(at, other === -1 ? to : starts[other]!);
        for (const [index, { body }] of node.cases.entries())
          into(body, starts[index]!, starts[index + 1] ?? to, exits);
        return to;
      }
      case 'loop': {
        const to = this.#state();
        const again = this.#state();
        const jumps = new Map([...out.jumps, ['break', to], ['continue', again]]);
        if (node.label !== undefined)
          jumps.set(`break ${node.label}`, to).set(`continue ${node.label}`, again);
        const exits = { ...out, jumps };
        if (node.type === 'do') {
          const start = this.#after(from);
          into(node.body, start, again, exits);
          const tested = build(node.test, again);
          this.#edge(tested, start);
          if (!node.endless) this.#edge(tested, to);
          return to;
        }
        const start = this.#after(from);
        const tested = build(node.test, start);
        if (!node.endless) this.#edge(tested, to);
        into(node.body, this.#after(tested), again, exits);
        into(node.update, again, start);
        return to;
      }
      case 'block': {
        const to = this.#state();
        const jumps = new Map([...out.jumps, [`break ${node.label}`, to]]);
        into(node.body, from, to, { ...out, jumps });
        return to;
      }
      case 'try': {
        const to = this.#state();
        const last = this.#state();
        const handler = this.#state();
        const through = node.finally ? all(out, last) : out;
        into(node.body, this.#after(from), last, {
          ...through,
          thrown: node.catch ? handler : through.thrown,
        });
        if (node.catch) into(node.catch.body, handler, last, through);
        const done = node.finally ? build(node.finally, last) : last;
        this.#edge(done, to);
        // What left the `try` goes on behind `finally`.
        if (node.finally)
          for (const exit of [out.thrown, out.returned, ...out.jumps.values()]) this.#edge(done, exit);
        return to;
      }
      case 'parallel': {
        const at = node.branches.reduce((before, one) => build(one, before), from);
        const to = this.#after(at);
        const box = { kind: 'site', id: node.id, type: 'combinator', title: '', span: node.span } as const;
        this.#boxes.push({ from: to, to, box });
        return to;
      }
      case 'use':
        return from;
      case 'yield':
        this.#edge(from, out.returned);
        return from;
      case 'jump': {
        const { type, title } = node;
        const target =
          type === 'throw'
            ? out.thrown
            : type === 'return'
              ? out.returned
              : out.jumps.get(title === undefined ? type : `${type} ${title}`);
        if (target === undefined) throw new Error(`no target for ${type} ${title ?? ''}`);
        this.#edge(from, target);
        return this.#state();
      }
    }
  }

  #after(from: number): number {
    const to = this.#state();
    this.#edge(from, to);
    return to;
  }
}

/** Where code goes that doesn't go on. */
interface Exits {
  readonly thrown: number;
  readonly returned: number;
  readonly jumps: ReadonlyMap<string, number>;
}

const all = ({ jumps }: Exits, to: number): Exits => ({
  thrown: to,
  returned: to,
  jumps: new Map([...jumps.keys()].map((jump) => [jump, to])),
});

/** One box, although it may be in the flow twice: where it is written, and in the loop that goes over it. */
export const placesOf = (boxes: readonly FlowSite[]): ReadonlySet<string> =>
  new Set(boxes.map(({ id, span }) => `${id} ${span.join()}`));
