import type { Context } from './context.ts';
import { body, expression } from './render.ts';
import type { Stmt } from './shapes.ts';
import type { StatementRenderer } from './statements.ts';

/** Calls that are awaited later than they are started. */
type Starter = (ctx: Context, s: Stmt, name: string, value: string) => [lines: string[], promise: string];

const get = (ctx: Context, value: string): string => `get(${value}, ${ctx.ms()})`;

const STARTERS: readonly Starter[] = [
  (ctx, _s, name, value) => [[`const ${name} = ${get(ctx, value)};`], name],
  (ctx, _s, name, value) => [[`const ${name} = ${get(ctx, value)}.then((v) => v + 1);`], name],
  (ctx, _s, name, value) => [[`const ${name} = [${get(ctx, value)}];`], `${name}[0]!`],
  (ctx, _s, name, value) => [
    [`const ${name}: Promise<number>[] = [];`, `${name}.push(${get(ctx, value)});`],
    `${name}[0]!`,
  ],
  (ctx, _s, name, value) => [[`const ${name} = { p: ${get(ctx, value)}, n: 1 };`], `${name}.p`],
  (ctx, s, name, value) => [
    [`const ${name} = ${value} % 2 === 0 ? ${get(ctx, String(s.a))} : quick(${s.b});`],
    name,
  ],
  (ctx, _s, name, value) => [[`const ${name} = new Map([['p', ${get(ctx, value)}]]);`], `${name}.get('p')!`],
  (ctx, _s, name, value) => [
    [
      `const ${name}n = ${value};`,
      `let ${name}!: Promise<number>;`,
      `const ${name}set = (): void => {`,
      `${name} = ${get(ctx, `${name}n`)};`,
      '};',
      `${name}set();`,
    ],
    name,
  ],
  (ctx, _s, name, value) => [
    [
      `const ${name}n = ${value};`,
      `const ${name}once = (() => {`,
      'let kept: Promise<number> | undefined;',
      `return () => (kept ??= ${get(ctx, `${name}n`)});`,
      '})();',
    ],
    `${name}once()`,
  ],
  (ctx, _s, name, value) => [
    [`const ${name} = risky(${value}, ${ctx.ms()}).catch((error: Failure) => error.code);`],
    name,
  ],
  (ctx, _s, name, value) => [
    [
      `const ${name} = api.scale(${value}, ${ctx.ms()});`,
      `const ${name}next = ${name}.then((v) => get(v, ${ctx.ms()}));`,
    ],
    `${name}next`,
  ],
  (ctx, _s, name, value) => [[`const [${name}] = [${value}].map((v) => ${get(ctx, 'v')});`], `${name}!`],
];

export const STARTED: Readonly<Record<string, StatementRenderer>> = {
  starts: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    ctx.shared.concurrent = true;
    const name = ctx.name('p');
    const [lines, promise] = STARTERS[s.a % STARTERS.length]!(ctx, s, name, expression(ctx, s.x));
    ctx.promises.push(promise);
    const between = body(ctx.inner({ mayReturn: ctx.flags.mayReturn }), s.one);
    return [...lines, '{', between, '}', ...ctx.add(`(await ${promise})`, s.b)];
  },
  queue: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    ctx.shared.concurrent = true;
    const name = ctx.name('ps');
    const item = ctx.name('k');
    const inner = ctx.inner({ times: ctx.flags.times * 2, loops: [], mayReturn: false });
    inner.constants.push(item);
    const use =
      s.a % 3 === 0
        ? [`for (const ${item} of await Promise.all(${name})) {`, body(inner, s.one), ctx.show(item), '}']
        : [
            `for (const ${item}p of ${name}) {`,
            `const ${item} = await ${item}p;`,
            body(inner, s.one),
            ctx.show(item),
            '}',
          ];
    return [
      `const ${name}: Promise<number>[] = [];`,
      `for (const n of [${expression(ctx, s.x)}, ${s.b}]) ${name}.push(get(n, n % 2 === 0 ? ${ctx.ms()} : ${ctx.ms()}));`,
      ...use,
    ];
  },
  /** A closure that runs beside what stands between its start and its end. */
  background: (ctx, s) => {
    const made =
      ctx.flags.isAsync &&
      ctx.callee(s.a, ({ isAsync, throws, calm }) => isAsync && !throws && (calm || ctx.shared.wild));
    if (!ctx.flags.isAsync) return undefined;
    const name = ctx.name('p');
    const inner = ctx.beside({ mayReturn: true });
    const line = made
      ? `const ${name} = ${made.call(expression(ctx, s.x))};`
      : `const ${name} = (async (): Promise<number> => {\n${body(inner, s.two)}return ${expression(inner, s.x)};\n})();`;
    ctx.promises.push(name);
    const between = body(ctx.beside(), s.one);
    // Added as things are beside others: the closure may be adding to the same variable still, or be through with it.
    return [line, '{', between, '}', ...ctx.beside().add(`(await ${name})`, s.b)];
  },
  /** Like `background`, with a durable function. */
  durableBeside: (ctx, s) => {
    const durable = ctx.shared.durables[s.a % ctx.shared.durables.length];
    if (!ctx.flags.isAsync || !durable || durable.throws || !ctx.afford(durable.cost)) return undefined;
    const name = ctx.name('p');
    const line = `const ${name} = ${durable.call(expression(ctx, s.x))};`;
    ctx.promises.push(name);
    const between = body(ctx.beside(), s.one);
    return [line, '{', between, '}', ...ctx.add(`(await ${name})`, s.b)];
  },
};
