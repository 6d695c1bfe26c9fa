import { laidOut, withPunctuation } from '../support/layouts.ts';
import { Context, Meter, type Shared } from './context.ts';
import { EXPRESSIONS } from './expressions.ts';
import { withPrelude } from './prelude.ts';
import type { Expr, Shape, Stmt } from './shapes.ts';
import { STATEMENTS } from './statements.ts';

/** The text of an expression. */
export function expression(ctx: Context, e: Expr): string {
  const text = EXPRESSIONS[e.kind]?.(ctx, e);
  if (text === undefined) return String(e.a);
  ctx.shared.kinds.add(e.kind);
  return text;
}

/** The text of the statements of a block, each line ended. */
export function body(ctx: Context, statements: readonly Stmt[]): string {
  const lines: string[] = [];
  for (const statement of statements) {
    const rendered = STATEMENTS[statement.kind]?.(ctx, statement);
    if (!rendered) continue;
    ctx.shared.kinds.add(statement.kind);
    lines.push(...rendered);
  }
  return lines.map((line) => `${line}\n`).join('');
}

export interface Program {
  readonly source: string;
  /** What the harness may expect of the order of effects; see `CrashOptions`. */
  readonly order: 'exact' | 'any' | 'free';
  /** What is in it. */
  readonly kinds: ReadonlySet<string>;
}

/** How a durable function may stand in a module: text around its parameters and body, and how it is called. */
const FORMS: readonly (readonly [
  open: (name: string) => string,
  close: string,
  call: (name: string) => string,
])[] = [
  [(name) => `export async function ${name}(n: number): Promise<number> {`, '}', (name) => name],
  [(name) => `export const ${name} = async (n: number): Promise<number> => {`, '};', (name) => name],
  [(name) => `const ${name} = async function inner(n: number): Promise<number> {`, '};', (name) => name],
  [
    (name) => `export const ${name} = {\nasync go(n: number): Promise<number> {`,
    '},\n};',
    (name) => `${name}.go`,
  ],
  [
    (name) => `class C${name} {\nstatic async go(n: number): Promise<number> {`,
    '}\n}',
    (name) => `C${name}.go`,
  ],
];

const FILE = 'input.ts';
const LAG = (wild: boolean): string => (wild ? 'let lag = 0;\n' : '');

/** The source text of a program, well laid out. */
export function render({ wild, bare, durables, statements }: Shape): Program {
  const shared: Shared = { names: 0, latencies: 0, concurrent: false, wild, durables: [], kinds: new Set() };
  const flags = { beside: false, caught: false, isAsync: true, loops: [], mayReturn: true, times: 1 };
  let source = '';
  for (const { form, statements: inner, result } of durables) {
    const [open, close, call] = FORMS[form % FORMS.length]!;
    const name = `durable${++shared.names}`;
    const mayThrow = !wild && form >= FORMS.length;
    const ctx = new Context(shared, new Meter(4), { ...flags, mayThrow });
    ctx.constants.push('n');
    ctx.variables.push('a', 'b');
    const text = body(ctx, inner);
    const value = expression(ctx, result);
    source += `${open(name)}\n'use durable';\nconst log: unknown[] = [];\nconst bag: string[] = [];\n${LAG(wild)}let a = n;\nlet b = 1;\n`;
    source += `${text}return a + b + log.length + bag.length + ${value};\n${close}\n\n`;
    const callee = (argument: string): string => `${call(name)}(${argument})`;
    shared.durables.push({
      call: callee,
      isAsync: true,
      throws: mayThrow,
      calm: true,
      cost: ctx.meter.spent,
    });
  }
  const ctx = new Context(shared, new Meter(15), { ...flags, mayThrow: !wild });
  ctx.variables.push('a', 'b');
  source += `export async function main(): Promise<unknown> {\n'use durable';\nconst log: unknown[] = [];\nconst bag: string[] = [];\n`;
  source += `${LAG(wild)}let a = 1;\nlet b = 2;\n${body(ctx, statements)}return { log, bag: bag.sort(), a, b };\n}\n`;
  // Lines that begin with punctuation stand between the others, so that some semicolons are needed.
  const text = indent(withPrelude(bare ? withPunctuation(source, FILE, bare) : source));
  return {
    source: bare ? laidOut(text, FILE, [], true).source : text,
    kinds: shared.kinds,
    order: wild ? 'free' : shared.concurrent ? 'any' : 'exact',
  };
}

/** Indents lines by the brackets that are open. */
function indent(source: string): string {
  let depth = 0;
  return source
    .split('\n')
    .map((line) => {
      const text = line.trim();
      const closing = /^[})\]]+/.exec(text)?.[0].length ?? 0;
      const change = (text.match(/[{([]/g)?.length ?? 0) - (text.match(/[})\]]/g)?.length ?? 0);
      const at = Math.max(0, depth - Math.min(closing, 1));
      depth = Math.max(0, depth + Math.sign(change));
      return text === '' ? '' : `${'  '.repeat(Math.min(at, 12))}${text}`;
    })
    .join('\n');
}
