import type { Context } from './context.ts';
import { FAILING } from './failing.ts';
import { FLOWS } from './flows.ts';
import { GIVEN } from './given.ts';
import { LANGUAGE } from './language.ts';
import { body, expression } from './render.ts';
import type { Stmt } from './shapes.ts';
import type { StatementRenderer } from './statements.ts';
import { WAYS } from './ways.ts';

/** Things that people write, in one shape each. The text comes with what it costs in steps. */
export interface Idiom {
  readonly steps: number;
  /** Changes variables around it in an order that matters. */
  readonly changes?: boolean;
  /** Nothing in it is under way while something else is. */
  readonly alone?: boolean;
  readonly lines: (ctx: Context, s: Stmt, name: string, value: string) => string[];
}

const IDIOM: Readonly<Record<string, Idiom>> = {
  tagged: {
    steps: 1,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = await sql\`select \${${value}} from \${${s.a}}\`;`,
      ctx.show(name),
    ],
  },
  swap: {
    steps: 2,
    alone: true,
    changes: true,
    lines: (ctx, _s, _name, value) => {
      const [p, q] = [ctx.variables.at(-1)!, ctx.variables.at(-2) ?? ctx.variables.at(-1)!];
      return [`[${p}, ${q}] = [await get(${q}, ${ctx.ms()}), (${value}) + (await quick(${p}))];`];
    },
  },
  increments: {
    steps: 2,
    alone: true,
    changes: true,
    lines: (ctx, _s, _name, value) => {
      const p = ctx.variables.at(-1)!;
      return [
        `${p} = (await get(${p}++, ${ctx.ms()})) + (await api.nested.add((${p} += ${value}), ${p}--, ${ctx.ms()}));`,
      ];
    },
  },
  byName: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = await Promise.all([${value}, ${s.a}].map(quick));`,
      ctx.show(`${name}[0]! * 10 + ${name}[1]!`),
    ],
  },
  reduces: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = await [${value}, ${s.a}].reduce(async (sum, n) => (await sum) + (await get(n, ${ctx.ms()})), Promise.resolve(0));`,
      ctx.show(name),
    ],
  },
  takesPromise: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = async (p: Promise<number>, { q = p }: { q?: Promise<number> } = {}): Promise<number> => (await p) * 10 + (await q);`,
      ctx.show(`await ${name}(get(${value}, ${ctx.ms()})${s.a % 2 === 0 ? '' : `, { q: quick(${s.b}) }`})`),
    ],
  },
  defaults: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = async (n: number, m: Promise<number> | number = get(n, ${ctx.ms()})): Promise<number> => n + (await m);`,
      ctx.show(`await ${name}(${value}${s.a % 2 === 0 ? '' : `, ${s.b}`})`),
    ],
  },
  lazily: {
    steps: 1,
    lines: (ctx, _s, name, value) => [
      `const ${name} = {\nn: ${value},\nget lazily(): Promise<number> {\nreturn get(this.n, ${ctx.ms()});\n},\n};`,
      ctx.show(`await ${name}.lazily`),
    ],
  },
  foreignCallback: {
    steps: 1,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = await each([${value}, ${s.a}], async (n) => (await get(n, ${ctx.ms()})) + (await quick(n)));`,
      ctx.show(name),
    ],
  },
  bound: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = {\nk: ${s.a},\nasync go(n: number): Promise<number> {\nreturn this.k + (await get(n, ${ctx.ms()}));\n},\n};`,
      `const ${name}bound = ${name}.go.bind({ k: ${s.b} });`,
      ctx.show(`(await ${name}bound(${value})) * 10 + (await ${name}.go.call(${name}, 1))`),
    ],
  },
  entries: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = Object.fromEntries(await Promise.all(Object.entries({ p: ${value}, q: ${s.a} }).map(async ([key, n]) => [key, await get(n, ${ctx.ms()})] as const)));`,
      ctx.show(`${name}.p! * 10 + ${name}.q!`),
    ],
  },
  aggregate: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      'try {',
      `await Promise.any([bad(${value}, ${ctx.ms()}), bad(${s.a}, ${ctx.ms()})]);`,
      `} catch (${name}) {`,
      ctx.show(`(${name} as AggregateError).errors.reduce((sum, e) => sum * 10 + e.code, 0)`),
      '}',
    ],
  },
  values: {
    steps: 1,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = await echo({ map: new Map([[${value}, new Set([${s.a}, ${s.b}])]]), at: new Date(${s.a}), big: 7n, not: undefined }, ${ctx.ms()});`,
      ctx.show(
        `[...${name}.map.values()][0]!.size + ${name}.at.getTime() + Number(${name}.big) + ('not' in ${name} ? 100 : 0)`,
      ),
    ],
  },
  generates: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `function* ${name}(n: number): Generator<Promise<number>> {`,
      `yield get(n, ${ctx.ms()});`,
      `yield quick(${s.a});`,
      '}',
      `for (const p of ${name}(${value})) ${ctx.show('await p')}`,
    ],
  },
  /** Undo in reverse order, as sagas do. */
  undo: {
    steps: 3,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name}: (() => Promise<number>)[] = [];`,
      'try {',
      `for (const n of [${value}, ${s.a}]) {`,
      `const done = n + 1;`,
      `${name}.push(() => quick(done));`,
      '}',
      `${ctx.show(`await risky(${s.b}, ${ctx.ms()})`)}`,
      '} catch {',
      `while (${name}.length > 0) await ${name}.pop()!();`,
      '}',
    ],
  },
  retries: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = async <T>(times: number, fn: (attempt: number) => Promise<T>): Promise<T | undefined> => {`,
      'for (let attempt = 0; attempt < times; attempt++) {',
      'try {',
      'return await fn(attempt);',
      '} catch (error) {',
      ctx.flags.beside && !ctx.shared.wild ? '' : 'log.push((error as Error).message);',
      '}',
      '}',
      'return undefined;',
      '};',
      ctx.show(
        `(await ${name}(2, ${s.a % 2 === 0 ? `async (n) => (await risky(n + (${s.b}), ${ctx.ms()})) + ${Number.isNaN(Number(value)) ? 1 : value}` : 'risky'})) ?? -7`,
      ),
    ],
  },
};

const renderer =
  ({ steps, changes, alone, lines }: Idiom): StatementRenderer =>
  (ctx, s) => {
    if (
      !ctx.flags.isAsync ||
      (changes && (ctx.variables.length === 0 || (ctx.flags.beside && !ctx.shared.wild)))
    )
      return undefined;
    if (!ctx.afford(steps)) return undefined;
    if (!alone) ctx.shared.concurrent = true;
    // In a name of its own: some idioms put it into a function that isn't async.
    const value = ctx.name('k');
    const before = `const ${value} = ${expression(ctx, s.x)};`;
    return [before, ...lines(ctx, s, ctx.name('v'), value), '{', body(ctx.inner(), s.one), '}'];
  };

const ALL: Readonly<Record<string, Idiom>> = {
  ...IDIOM,
  ...FLOWS,
  ...LANGUAGE,
  ...WAYS,
  ...GIVEN,
  ...FAILING,
};

/** The idioms in which nothing happens at the same time. */
export const ALONE: readonly string[] = Object.entries(ALL)
  .filter(([, { alone }]) => alone)
  .map(([kind]) => `${kind}Idiom`);

export const IDIOMS: Readonly<Record<string, StatementRenderer>> = Object.fromEntries(
  Object.entries(ALL).map(([kind, idiom]) => [`${kind}Idiom`, renderer(idiom)]),
);
