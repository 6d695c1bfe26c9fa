import { flowUnreadable } from '../base/messages/damage.ts';
import type {
  FlowBranch,
  FlowCase,
  FlowJump,
  FlowLoop,
  FlowNode,
  FlowParallel,
  FlowTry,
  FlowUse,
  FunctionFlow,
  InnerFunction,
  Span,
} from './flow.ts';
import type { Manifest, SiteRecord } from './manifest.ts';

/**
 * The flow of a version of a function; undefined where its build wrote none, or one that this version of the package can't
 * read.
 */
export function readFlow({ flow, line = 1, sites }: Manifest): FunctionFlow | undefined {
  if (flow === undefined) return undefined;
  try {
    // See `encodeFlow`.
    const swapped = flow.replace(/["']/g, (quote) => (quote === '"' ? "'" : '"'));
    const [body, ...functions] = JSON.parse(swapped) as readonly [Encoded, ...(readonly Encoded[])[]];
    const reader = new FlowReader(line, sites);
    return { body: reader.node(body), functions: functions.map((fn) => reader.inner(fn)) };
  } catch {
    return undefined;
  }
}

type Encoded = number | string | readonly Encoded[];

/** Reads what `transformer/chart/encode.ts` has written. */
class FlowReader {
  readonly #line: number;
  readonly #sites: readonly SiteRecord[];

  constructor(line: number, sites: readonly SiteRecord[]) {
    this.#line = line;
    this.#sites = sites;
  }

  inner([name, line, column, lines, endColumn, scope, flags, body]: readonly Encoded[]): InnerFunction {
    const called = scope === 1 ? text(name) : optional(scope);
    return {
      name: text(name),
      span: this.#span([line, column, lines, endColumn]),
      ...(called !== undefined && { scope: called }),
      ...((number(flags) & 1) !== 0 && { async: true }),
      ...((number(flags) & 2) !== 0 && { stored: true }),
      body: this.node(body),
    };
  }

  node(encoded: Encoded | undefined): FlowNode {
    if (encoded === 0) return { kind: 'seq', items: [] };
    const [kind, ...rest] = list(encoded);
    if (kind === 'q') return { kind: 'seq', items: rest.map((item) => this.node(item)) };
    if (kind === 's') return this.#site(rest);
    const span = this.#span(rest.slice(0, 4));
    const fields = rest.slice(4);
    const [a, b, c, d] = fields;
    switch (kind) {
      case 'i':
        return {
          kind: 'if',
          via: text(a) as FlowBranch['via'],
          on: text(b),
          yes: this.node(c),
          no: this.node(d),
          span,
        };
      case 'w':
        return {
          kind: 'switch',
          on: text(a),
          cases: fields.slice(1).map((one) => this.#case(list(one))),
          span,
        };
      case 'l':
        return this.#loop(fields, span);
      case 'b':
        return { kind: 'block', label: text(a), body: this.node(b), span };
      case 't':
        return this.#try(fields, span);
      case 'p': {
        const branches = fields.slice(2).map((one) => this.node(one));
        return { kind: 'parallel', how: text(a) as FlowParallel['how'], id: text(b), branches, span };
      }
      case 'u': {
        const base = {
          kind: 'use',
          fn: number(a),
          how: text(b) as FlowUse['how'],
          by: text(c),
          span,
        } as const;
        return d === 1 ? { ...base, together: true } : base;
      }
      case 'j':
        return {
          kind: 'jump',
          type: text(a) as FlowJump['type'],
          ...(b !== undefined && { title: text(b) }),
          span,
        };
      case 'y':
        return { kind: 'yield', title: text(a), span };
      default:
        throw new TypeError(flowUnreadable());
    }
  }

  #site(encoded: readonly Encoded[]): FlowNode {
    const [first] = encoded;
    const site = typeof first === 'number' ? this.#sites[first] : undefined;
    const fields = encoded.slice(site === undefined ? 5 : 3);
    const [shown, flags, label, also, pattern, of] = fields;
    const id = site?.id ?? text(first);
    const set = number(flags);
    const span =
      site === undefined
        ? this.#span(encoded.slice(1, 5))
        : ([site.line, site.column, site.line + number(encoded[1]), number(encoded[2])] as const);
    return {
      kind: 'site',
      id,
      type: site?.kind ?? 'await',
      title: (set & 8) === 0 ? text(shown) : id.replace(/#\d+$/, '') + text(shown),
      ...(optional(label) !== undefined && { label: text(label) }),
      ...(also !== undefined && also !== 0 && { also: list(also).map(text) }),
      ...(optional(pattern) !== undefined && { pattern: text(pattern) }),
      ...(optional(of) !== undefined && { of: text(of) }),
      ...((set & 1) !== 0 && { started: true }),
      ...((set & 2) !== 0 && { maybe: true }),
      ...((set & 4) !== 0 && { many: true }),
      ...((set & 16) !== 0 && { outer: true }),
      span,
    };
  }

  #case([test, reach, body]: readonly Encoded[]): FlowCase {
    return {
      ...(optional(test) !== undefined && { test: text(test) }),
      reach: this.node(reach),
      body: this.node(body),
    };
  }

  #loop([type, label, head, endless, test, body, update]: readonly Encoded[], span: Span): FlowLoop {
    return {
      kind: 'loop',
      type: text(type) as FlowLoop['type'],
      ...(optional(label) !== undefined && { label: text(label) }),
      head: text(head),
      ...(endless === 1 && { endless: true }),
      test: this.node(test),
      body: this.node(body),
      update: this.node(update),
      span,
    };
  }

  #try([body, caught, last]: readonly Encoded[], span: Span): FlowTry {
    const [param, handler] = caught === 0 ? [] : list(caught);
    return {
      kind: 'try',
      body: this.node(body),
      ...(param !== undefined && { catch: { param: text(param), body: this.node(handler) } }),
      ...(last !== 0 && { finally: this.node(list(last)[0]) }),
      span,
    };
  }

  #span([line, column, lines, endColumn]: readonly (Encoded | undefined)[]): Span {
    const first = number(line) + this.#line;
    return [first, number(column), first + number(lines), number(endColumn)];
  }
}

function text(value: Encoded | undefined): string {
  if (typeof value !== 'string') throw new TypeError(flowUnreadable());
  return value;
}

function number(value: Encoded | undefined): number {
  if (typeof value !== 'number') throw new TypeError(flowUnreadable());
  return value;
}

function list(value: Encoded | undefined): readonly Encoded[] {
  if (!Array.isArray(value)) throw new TypeError(flowUnreadable());
  return value as readonly Encoded[];
}

/** A text, or 0 where there is none. */
const optional = (value: Encoded | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
