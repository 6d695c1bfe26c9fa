import type { FlowCase, FlowNode, FlowSite, FlowUse, FunctionFlow } from '../functions/flow.ts';
import { childrenOf, visit } from '../inspect/walk.ts';
import { type Box, type Figure, isClosed, isEmpty, type Panel, type Part, row } from './figure.ts';

/** What is known of boxes beyond the flow: of a run, or of another version. */
export interface Marks {
  box?(site: FlowSite): Partial<Pick<Box, 'tone' | 'note' | 'badge'>> | undefined;
  /** How often a loop went round. */
  loop?(loop: FlowNode): string | undefined;
  /** Whether a run went through a part; undefined where that can't be told. */
  passed?(node: FlowNode): boolean | undefined;
  /** Whether boxes that rarely record something are drawn. */
  readonly all?: boolean;
}

/** More cases than these are drawn one below the other. */
const MOST_COLUMNS = 5;

const ICONS: Readonly<Record<FlowSite['type'], string>> = {
  step: 'ƒ',
  call: 'ƒ',
  child: '▣',
  sleep: '◷',
  signal: '✉',
  callback: '☎',
  combinator: '∥',
  await: '⋯',
};

/** Not by colour alone. */
const STATES: Readonly<Partial<Record<Box['tone'], string>>> = {
  done: '✓',
  running: '●',
  waiting: '◷',
  failed: '✗',
  added: '+',
  removed: '−',
  changed: '±',
};

/** The figure of a function, with the functions inside it where they are called. */
export function figureOf(title: string, flow: FunctionFlow, marks: Marks = {}, note?: string): Figure {
  return new FigureMaker(flow, marks).make(title, note);
}

/** Identifies a box in its figure. */
export const keyOfBox = ({ id, span }: Pick<FlowSite, 'id' | 'span'>): string => `${id} ${span.join()}`;

class FigureMaker {
  private readonly flow: FunctionFlow;
  private readonly marks: Marks;
  private readonly uses: readonly number[];
  /** Functions whose bodies are being drawn: one that calls itself is not drawn in itself. */
  private readonly open: number[] = [];
  private readonly panels = new Map<number, Panel>();

  constructor(flow: FunctionFlow, marks: Marks) {
    this.flow = flow;
    this.marks = marks;
    const uses = flow.functions.map(() => 0);
    for (const body of [flow.body, ...flow.functions.map((fn) => fn.body)])
      visit(body, (node) => {
        if (node.kind === 'use') uses[node.fn]!++;
      });
    this.uses = uses;
  }

  make(title: string, note?: string): Figure {
    const body = this.part(this.flow.body);
    for (const [index, { stored }] of this.flow.functions.entries()) if (stored) this.panel(index);
    const start: Part = { kind: 'pill', title, look: 'start', ends: false };
    const about: Part[] =
      note === undefined ? [] : [{ kind: 'pill', title: note, look: 'join', ends: false }];
    return {
      title,
      body: row([start, ...about, body]),
      panels: [...this.panels].sort(([a], [b]) => a - b).map(([, one]) => one),
    };
  }

  private part(node: FlowNode): Part {
    switch (node.kind) {
      case 'seq':
        return row(this.sequence(node.items));
      case 'site':
        return this.isShown(node) ? this.box(node) : NOTHING;
      case 'if':
        return this.choice(node);
      case 'switch':
        return this.cases(node.on, node.cases);
      case 'loop':
        return this.loop(node);
      case 'block': {
        const body = this.part(node.body);
        return isEmpty(body) ? NOTHING : { kind: 'frame', title: `${node.label}:`, look: 'block', body };
      }
      case 'try':
        return this.guarded(node);
      case 'parallel':
        return this.parallel(node);
      case 'use':
        return this.use(node);
      case 'yield':
        return { kind: 'pill', title: `yield ${node.title}`.trim(), look: 'yield', ends: false };
      case 'jump':
        return this.jump(node);
    }
  }

  private sequence(items: readonly FlowNode[]): Part[] {
    const parts: Part[] = [];
    for (const item of items) {
      const part = this.part(item);
      if (isEmpty(part)) continue;
      const before = parts.at(-1);
      // `return await f()` behind the box of `f()` says it once.
      const isSame = before?.kind === 'box' && item.kind === 'jump' && item.title !== undefined;
      const isRepeated = isSame && part.kind === 'pill' && withoutAwait(item.title ?? '') === titleIn(before);
      parts.push(isRepeated ? { ...part, title: item.type } : part);
    }
    return parts;
  }

  /** Calls that are rarely steps, and waits that rarely record something, are left out unless they did. */
  private isShown(site: FlowSite): boolean {
    if (site.type !== 'call' && site.type !== 'await') return true;
    const marked = this.marks.box?.(site);
    return this.marks.all === true || (marked?.tone !== undefined && marked.tone !== 'plain');
  }

  private box(site: FlowSite): Box {
    const { type, title, label, started, of } = site;
    const isWait = type === 'sleep' || type === 'signal' || of !== undefined;
    const marked = this.marks.box?.(site);
    const note = marked?.note ?? (started ? 'not awaited here' : label === undefined ? undefined : title);
    return {
      kind: 'box',
      key: keyOfBox(site),
      icon: STATES[marked?.tone ?? 'plain'] ?? (of === undefined ? ICONS[type] : ICONS.callback),
      title: label ?? title,
      ...(note !== undefined && { note }),
      ...(isWait && { isWait: true }),
      tone: marked?.tone ?? 'plain',
      ...(marked?.badge !== undefined && { badge: marked.badge }),
    };
  }

  private choice({ via, on, yes, no }: Extract<FlowNode, { kind: 'if' }>): Part {
    const [first, second] = LABELS[via];
    const [a, b] = [this.part(yes), this.part(no)];
    if (isEmpty(a) && isEmpty(b)) return NOTHING;
    const branch = (label: string, body: Part, node: FlowNode) => ({ label, body, ...this.taken(node) });
    return {
      kind: 'choice',
      title: questionOf(via, on),
      branches: [branch(first, a, yes), branch(second, b, no)],
      isList: false,
    };
  }

  private taken(node: FlowNode): { taken?: boolean } {
    const passed = this.marks.passed?.(node);
    return passed === undefined ? {} : { taken: passed };
  }

  private cases(on: string, cases: readonly FlowCase[]): Part {
    const before = cases.flatMap(({ reach }) => this.sequence([reach]));
    const branches = cases.map(({ test, body }, index) => {
      const items = this.sequence(body.kind === 'seq' ? body.items : [body]);
      const last = items.at(-1);
      const isBroken = last?.kind === 'pill' && last.title === '⤓ break';
      const rest = isBroken ? items.slice(0, -1) : items;
      const next = cases[index + 1];
      const falls = !isBroken && next !== undefined && !rest.some(isClosed);
      const to = next?.test ?? 'default';
      const fall: Part = { kind: 'pill', title: `↴ ${to}`, look: 'jump', ends: true };
      return {
        label: withoutAwait(test ?? 'default'),
        // `case 1: case 2:` needs no word.
        body: row(falls && rest.length > 0 ? [...rest, fall] : rest),
        isShared: falls && rest.length === 0,
        ...this.taken(body),
      };
    });
    const shown = withShared(branches);
    if (!cases.some(({ test }) => test === undefined)) shown.push({ label: 'no match', body: NOTHING });
    return row([
      ...before,
      {
        kind: 'choice',
        title: `switch ${withoutAwait(on)}`,
        branches: shown,
        isList: shown.length > MOST_COLUMNS,
      },
    ]);
  }

  private loop(node: Extract<FlowNode, { kind: 'loop' }>): Part {
    const { type, head, label, endless = false } = node;
    const parts = type === 'do' ? [node.body, node.test] : [node.test, node.body, node.update];
    const body = row(this.sequence(parts));
    if (isEmpty(body)) return NOTHING;
    const badge = this.marks.loop?.(node);
    const what =
      type === 'for'
        ? head === ''
          ? 'for ever'
          : `while ${head}`
        : type === 'do'
          ? `do … while ${head}`
          : `${TYPES[type]} ${head}`;
    return {
      kind: 'loop',
      title: `↻ ${label === undefined ? '' : `${label}: `}${what}`,
      body,
      endless,
      ends: !endless || breaks(node.body, label),
      ...(badge !== undefined && { badge }),
    };
  }

  private guarded(node: Extract<FlowNode, { kind: 'try' }>): Part {
    const body = this.part(node.body);
    const last = node.finally ? this.part(node.finally) : NOTHING;
    const caught = node.catch && {
      title: `catch ${node.catch.param}`.trim(),
      body: this.part(node.catch.body),
    };
    const first: Part = caught === undefined || isEmpty(body) ? body : { kind: 'guarded', body, caught };
    if (isEmpty(last)) return first;
    const leaves = isClosed(first) ? ({ leaves: true } as const) : {};
    const frame: Part = { kind: 'frame', title: 'finally', look: 'finally', body: last, ...leaves };
    return row(isEmpty(first) ? [frame] : [first, frame]);
  }

  private parallel(node: Extract<FlowNode, { kind: 'parallel' }>): Part {
    const branches = node.branches.flatMap((one) => {
      const part = this.part(one);
      if (isEmpty(part)) return [];
      const isEach = one.kind === 'use' && one.how === 'each' && part.kind === 'frame';
      // Whatever the callback returns is waited for here.
      return [isEach ? { ...part, title: `for each of ${one.by}`, look: 'many' as const } : part];
    });
    if (branches.length === 0) {
      return {
        kind: 'box',
        key: keyOfBox(node),
        icon: ICONS.combinator,
        title: `Promise.${node.how}`,
        isWait: true,
        tone: 'plain',
        note: JOINS[node.how],
      };
    }
    return { kind: 'parallel', title: `∥ Promise.${node.how}`, join: JOINS[node.how], branches };
  }

  private use({ fn, how, by, together }: FlowUse): Part {
    const { name, async: isAsync } = this.flow.functions[fn]!;
    if (this.open.includes(fn) || this.uses[fn]! > 1) {
      if (!this.open.includes(fn)) this.panel(fn);
      const word = how === 'call' ? '' : `${WORDS[how]} `;
      return { kind: 'pill', title: `${word}${name}() ↗`, look: 'join', ends: false };
    }
    const body = this.within(fn);
    if (isEmpty(body)) return NOTHING;
    if (how === 'each') {
      const title = `for each of ${by}`;
      return {
        kind: 'frame',
        title: together && isAsync ? title : `${title}, in turn`,
        look: together ? 'many' : 'call',
        body,
      };
    }
    if (how === 'call') return { kind: 'frame', title: `${name}()`, look: 'call', body };
    if (how === 'perhaps')
      return { kind: 'frame', title: `run by ${by}: 0 to n times`, look: 'perhaps', body };
    return { kind: 'frame', title: WORDS[how], look: 'perhaps', body };
  }

  private panel(fn: number): void {
    if (this.panels.has(fn)) return;
    const { name, stored } = this.flow.functions[fn]!;
    this.panels.set(fn, { title: name, body: NOTHING });
    const body = this.within(fn);
    if (isEmpty(body)) this.panels.delete(fn);
    else this.panels.set(fn, { title: stored ? `${name}: called from elsewhere` : `${name}()`, body });
  }

  private within(fn: number): Part {
    this.open.push(fn);
    const part = this.part(this.flow.functions[fn]!.body);
    this.open.pop();
    return part;
  }

  private jump({ type, title }: Extract<FlowNode, { kind: 'jump' }>): Part {
    const text = title === undefined ? type : `${type} ${title}`;
    switch (type) {
      case 'return':
        return { kind: 'pill', title: text, look: this.open.length === 0 ? 'return' : 'leave', ends: true };
      case 'throw':
        return { kind: 'pill', title: text.replace(/^throw new /, 'throw '), look: 'throw', ends: true };
      case 'break':
        return { kind: 'pill', title: `⤓ ${text}`, look: 'jump', ends: true };
      case 'continue':
        return { kind: 'pill', title: `↻ ${text}`, look: 'jump', ends: true };
    }
  }
}

const titleIn = ({ note, title }: Box): string => (note?.includes('(') ? note : title);

const NOTHING: Part = { kind: 'row', parts: [] };

const LABELS: Readonly<Record<Extract<FlowNode, { kind: 'if' }>['via'], readonly [string, string]>> = {
  if: ['yes', 'no'],
  '?:': ['yes', 'no'],
  '&&': ['yes', 'no'],
  '||': ['yes', 'no'],
  '??': ['has a value', 'null'],
  '?.': ['there', 'null'],
  '=': ['given', 'missing'],
};

const JOINS = {
  all: 'all done',
  allSettled: 'all settled',
  race: 'first settles',
  any: 'first succeeds',
} as const;

const WORDS = {
  each: 'for each:',
  // biome-ignore lint/suspicious/noThenProperty: by what calls it
  then: 'when it is done',
  catch: 'if it fails',
  finally: 'at its end',
  perhaps: 'run by another function: 0 to n times',
} as const;

/** What is asked; that something is awaited for it is shown before. */
function questionOf(via: Extract<FlowNode, { kind: 'if' }>['via'], on: string): string {
  const text = withoutAwait(on);
  return via === '=' ? `${text} ??` : via === '?.' || via === '??' ? `${text} ${via}` : `${text} ?`;
}

const withoutAwait = (text: string): string =>
  text.replace(/\(await ((?:[^()]|\([^()]*\))*)\)/g, '$1').replace(/\bawait /g, '');

const TYPES = {
  'for of': 'for each',
  'for in': 'for each',
  'for await': 'for each, awaited,',
  while: 'while',
} as const;

/** Cases that share a body: `case 1: case 2:`. */
function withShared<B extends { readonly label: string; readonly isShared: boolean }>(
  branches: readonly B[],
): Omit<B, 'isShared'>[] {
  const shown: Omit<B, 'isShared'>[] = [];
  let labels: string[] = [];
  for (const { isShared, ...branch } of branches) {
    labels.push(branch.label);
    if (isShared) continue;
    shown.push({ ...branch, label: labels.join(', ') });
    labels = [];
  }
  return shown;
}

/** Whether a loop is left by `break`. */
function breaks(node: FlowNode, label: string | undefined, own = true): boolean {
  if (node.kind === 'jump')
    return node.type === 'break' && (node.title === undefined ? own : node.title === label);
  const inner = own && node.kind !== 'loop' && node.kind !== 'switch';
  return childrenOf(node).some((child) => breaks(child, label, inner));
}
