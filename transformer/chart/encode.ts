import type { FlowNode, FlowSite, FunctionFlow, Span } from '../base/flow.ts';
import type { Site } from '../base/plan.ts';

/**
 * The flow as compiled code carries it: one text, which the runtime parses only for those who ask. Arrays in place of objects,
 * lines counted from that of the function, and sites by their places in its table. `runtime/functions/flow.ts` reads it.
 */
export function encodeFlow(flow: FunctionFlow, line: number, sites: readonly Site[]): string {
  const encoder = new Encoder(line, sites);
  const functions = flow.functions.map(({ name, span, scope, async, stored, body }) => [
    name,
    ...encoder.span(span),
    scope === name ? 1 : (scope ?? 0),
    (async ? 1 : 0) | (stored ? 2 : 0),
    encoder.node(body),
  ]);
  const text = JSON.stringify([encoder.node(flow.body), ...functions]);
  // In a JavaScript string, each `"` would take a backslash.
  return text.replace(/["']/g, (quote) => (quote === '"' ? "'" : '"'));
}

type Encoded = number | string | readonly Encoded[];

class Encoder {
  private readonly line: number;
  private readonly sites: readonly Site[];
  private readonly indexes: ReadonlyMap<string, number>;

  constructor(line: number, sites: readonly Site[]) {
    this.line = line;
    this.sites = sites;
    this.indexes = new Map(sites.map(({ id }, index) => [id, index]));
  }

  span([line, column, endLine, endColumn]: Span): readonly number[] {
    return [line - this.line, column, endLine - line, endColumn];
  }

  node(node: FlowNode): Encoded {
    switch (node.kind) {
      case 'seq':
        return node.items.length === 0 ? 0 : ['q', ...node.items.map((item) => this.node(item))];
      case 'site':
        return this.site(node);
      case 'if':
        return this.placed('i', node.span, node.via, node.on, this.node(node.yes), this.node(node.no));
      case 'switch': {
        const cases = node.cases.map(({ test, reach, body }) => [
          ...(test === undefined ? [0] : [test]),
          this.node(reach),
          this.node(body),
        ]);
        return this.placed('w', node.span, node.on, ...cases);
      }
      case 'loop': {
        const { type, label = 0, head, endless, test, body, update } = node;
        const parts = [test, body, update].map((part) => this.node(part));
        return this.placed('l', node.span, type, label, head, endless ? 1 : 0, ...parts);
      }
      case 'block':
        return this.placed('b', node.span, node.label, this.node(node.body));
      case 'try': {
        const caught = node.catch ? [node.catch.param, this.node(node.catch.body)] : 0;
        const last = node.finally ? [this.node(node.finally)] : 0;
        return this.placed('t', node.span, this.node(node.body), caught, last);
      }
      case 'parallel':
        return this.placed('p', node.span, node.how, node.id, ...node.branches.map((one) => this.node(one)));
      case 'use':
        return this.placed('u', node.span, node.fn, node.how, node.by, node.together ? 1 : 0);
      case 'jump':
        return this.placed('j', node.span, node.type, ...(node.title === undefined ? [] : [node.title]));
      case 'yield':
        return this.placed('y', node.span, node.title);
    }
  }

  private site({
    id,
    type,
    title,
    label,
    also,
    pattern,
    of,
    started,
    maybe,
    many,
    outer,
    span,
  }: FlowSite): Encoded {
    const index = this.indexes.get(id);
    const listed = index !== undefined && this.sites[index]?.kind === type ? index : undefined;
    const base = id.replace(/#\d+$/, '');
    const isShort = title.startsWith(base);
    const flags = (started ? 1 : 0) | (maybe ? 2 : 0) | (many ? 4 : 0) | (isShort ? 8 : 0) | (outer ? 16 : 0);
    const shown = isShort ? title.slice(base.length) : title;
    const more: Encoded[] = [label ?? 0, also ?? 0, pattern ?? 0, of ?? 0];
    while (more.at(-1) === 0) more.pop();
    // A listed site has its place, and its type, in the table.
    const known = listed === undefined ? [id, ...this.span(span)] : [listed, span[2] - span[0], span[3]];
    return ['s', ...known, shown, flags, ...more];
  }

  private placed(kind: string, span: Span, ...fields: readonly Encoded[]): Encoded {
    return [kind, ...this.span(span), ...fields];
  }
}
