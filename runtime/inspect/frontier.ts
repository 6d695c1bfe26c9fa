import type { FlowNode, FlowSite, FunctionFlow } from '../functions/flow.ts';
import { childrenOf } from './walk.ts';

/** What may come next in a part of the code, and whether the part may be over. */
interface Next {
  readonly sites: readonly FlowSite[];
  readonly over: boolean;
}

const OVER: Next = { sites: [], over: true };
const LEFT: Next = { sites: [], over: false };

/** What is recorded of a site: the place of its last event in the journal, and whether that is an outcome. */
export interface SiteProgress {
  readonly at: number;
  readonly state: 'open' | 'done' | 'failed';
}

/**
 * The sites at which a run may be by its code, behind what it has recorded: the journal doesn't say which calls are under way.
 * More than one where it depends on values, or where several go on side by side.
 */
export function frontierOf(
  flow: FunctionFlow,
  progress: ReadonlyMap<FlowSite, SiteProgress>,
): readonly FlowSite[] {
  return [...new Set(new Frontier(flow, progress).next(flow.body).sites)];
}

class Frontier {
  readonly #flow: FunctionFlow;
  readonly #progress: ReadonlyMap<FlowSite, SiteProgress>;
  readonly #last = new Map<FlowNode, number>();
  /** Functions that are being looked at: one may call itself. */
  readonly #inside = new Set<number>();

  constructor(flow: FunctionFlow, progress: ReadonlyMap<FlowSite, SiteProgress>) {
    this.#flow = flow;
    this.#progress = progress;
  }

  /** Behind what is recorded of a part that the run has come to. */
  next(node: FlowNode): Next {
    switch (node.kind) {
      case 'site':
        return this.#site(node);
      case 'seq':
        return this.#sequence(node.items);
      case 'if':
        return this.#isReached(node.yes) || this.#isReached(node.no)
          ? this.next(this.#lastOf(node.yes) > this.#lastOf(node.no) ? node.yes : node.no)
          : either([this.next(node.yes), this.next(node.no)]);
      case 'switch': {
        const parts = node.cases.flatMap(({ reach, body }) => [reach, body]);
        const reached = this.#latest(parts);
        return reached === undefined
          ? { ...either(parts.map((part) => this.next(part))), over: true }
          : this.next(reached);
      }
      case 'loop':
        return this.#loop([node.test, node.body, node.update], node.endless === true);
      case 'block':
        return { ...this.next(node.body), over: true };
      case 'try':
        return this.#try(node.body, node.catch?.body, node.finally);
      case 'parallel': {
        const each = node.branches.map((branch) => this.next(branch));
        const isFirst = node.how === 'race' || node.how === 'any';
        const over = isFirst ? each.some((one) => one.over) : each.every((one) => one.over);
        return { sites: each.flatMap(({ sites }) => sites), over };
      }
      case 'use':
        return this.#use(node.fn, node.how !== 'call');
      case 'jump':
        return LEFT;
      case 'yield':
        return OVER;
    }
  }

  #site(site: FlowSite): Next {
    const known = this.#progress.get(site);
    // What isn't awaited here goes on beside what follows.
    if (known === undefined) return { sites: [site], over: site.started === true || site.maybe === true };
    return { sites: [], over: known.state !== 'open' || site.started === true };
  }

  #sequence(items: readonly FlowNode[]): Next {
    const reached = this.#latest(items);
    const from = reached === undefined ? 0 : items.indexOf(reached);
    const sites: FlowSite[] = [];
    for (const item of items.slice(from)) {
      const next = this.next(item);
      sites.push(...next.sites);
      if (!next.over) return { sites, over: false };
    }
    return { sites, over: true };
  }

  /** Behind its last round another one may begin. */
  #loop(parts: readonly FlowNode[], isEndless: boolean): Next {
    const behind = this.#sequence(parts);
    const isReached = parts.some((part) => this.#isReached(part));
    const again = isReached && behind.over ? new Frontier(this.#flow, new Map()).#sequence(parts).sites : [];
    return { sites: [...behind.sites, ...again], over: !isEndless && (behind.over || !isReached) };
  }

  #try(body: FlowNode, caught: FlowNode | undefined, last: FlowNode | undefined): Next {
    const parts = [body, caught, last].filter((part) => part !== undefined);
    const reached = this.#latest(parts) ?? body;
    const hasThrown = reached === body && this.#hasFailed(body);
    const here = this.next(hasThrown ? (caught ?? last ?? body) : reached);
    if (last === undefined || reached === last || !here.over) return here;
    const behind = this.next(last);
    return { sites: [...here.sites, ...behind.sites], over: behind.over };
  }

  #use(fn: number, isPerhaps: boolean): Next {
    const inner = this.#flow.functions[fn];
    if (inner === undefined || this.#inside.has(fn)) return OVER;
    this.#inside.add(fn);
    const next = this.next(inner.body);
    this.#inside.delete(fn);
    // A function returns where its body is left, and may be called again.
    const again =
      isPerhaps && next.over && this.#isReached(inner.body)
        ? new Frontier(this.#flow, new Map()).next(inner.body).sites
        : [];
    return { sites: [...next.sites, ...again], over: isPerhaps || next.over || next.sites.length === 0 };
  }

  /** What was recorded last of a part is an error. */
  #hasFailed(node: FlowNode): boolean {
    const last = this.#lastOf(node);
    return [...this.#progress.values()].some(({ at, state }) => at === last && state === 'failed');
  }

  #isReached(node: FlowNode): boolean {
    return this.#lastOf(node) >= 0;
  }

  #latest(nodes: readonly FlowNode[]): FlowNode | undefined {
    let latest: FlowNode | undefined;
    for (const node of nodes)
      if (this.#isReached(node) && (latest === undefined || this.#lastOf(node) >= this.#lastOf(latest)))
        latest = node;
    return latest;
  }

  /** The place in the journal of the last event of a part; -1 if nothing of it is recorded. */
  #lastOf(node: FlowNode): number {
    const known = this.#last.get(node);
    if (known !== undefined) return known;
    // While a function that calls itself is looked at.
    this.#last.set(node, -1);
    const last = this.#find(node);
    this.#last.set(node, last);
    return last;
  }

  #find(node: FlowNode): number {
    if (node.kind === 'site') return this.#progress.get(node)?.at ?? -1;
    const parts = node.kind === 'use' ? [this.#flow.functions[node.fn]?.body] : childrenOf(node);
    return Math.max(-1, ...parts.map((part) => (part === undefined ? -1 : this.#lastOf(part))));
  }
}

const either = (all: readonly Next[]): Next => ({
  sites: all.flatMap(({ sites }) => sites),
  over: all.some(({ over }) => over),
});
