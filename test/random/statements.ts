import { CLOSURES } from './closures.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Context } from './context.ts';
import { touched } from './expressions.ts';
import { ALONE, IDIOMS } from './idioms.ts';
import { LOOPS } from './loops.ts';
import { body, expression } from './render.ts';
import type { Stmt } from './shapes.ts';
import { STARTED } from './started.ts';

/** Random statements: lines of text, or undefined where the place doesn't allow what the renderer writes. */
export type StatementRenderer = (ctx: Context, s: Stmt) => string[] | undefined;

const sequential = (ctx: Context): boolean =>
  ctx.variables.length > 0 && (!ctx.flags.beside || ctx.shared.wild);
const last = (ctx: Context, index: number): string =>
  ctx.variables[ctx.variables.length - 1 - (index % ctx.variables.length)]!;

const PLAIN: Readonly<Record<string, StatementRenderer>> = {
  show: (ctx, s) => {
    const name = ctx.name('v');
    return s.a % 2 === 0 && sequential(ctx)
      ? [ctx.show(expression(ctx, s.x))]
      : [`const ${name} = ${expression(ctx, s.x)};`, ctx.show(name)];
  },
  add: (ctx, s) => ctx.add(expression(ctx, s.x), s.a),
  assign: (ctx, s) => {
    if (!sequential(ctx)) return undefined;
    const operators = ['=', '+=', '-=', '??=', '||=', '&&='];
    return [`${last(ctx, s.a)} ${operators[s.b % operators.length]} ${expression(ctx, s.x)};`];
  },
  variable: (ctx, s) => {
    const name = ctx.name('n');
    const line = `let ${name} = ${expression(ctx, s.x)};`;
    ctx.variables.push(name);
    return [line];
  },
  constant: (ctx, s) => {
    const name = ctx.name('k');
    const line = `const ${name} = (${expression(ctx, s.x)}) as number;`;
    ctx.constants.push(name);
    return [line];
  },
  destructure: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    const name = ctx.name('d');
    const from = `await load(${expression(ctx, s.x)}, ${ctx.ms()})`;
    const line = `const { id: ${name}, note: ${name}note = await say('none', ${ctx.ms()}), tags: [${name}first = 'no', ${name}second = 'undefined', ...${name}rest], ...${name}more } = ${from};`;
    ctx.constants.push(name);
    const shown = `${name} + ${name}note.length + ${name}first.length + ${name}second.length + ${name}rest.length + ${name}more.extra`;
    return [line, ctx.show(shown)];
  },
  chance: (ctx) => {
    if (!ctx.flags.isAsync || !ctx.afford()) return undefined;
    const name = ctx.name('r');
    return [
      `const ${name} = [Math.random(), Date.now()];`,
      `const ${name}kept = await echo([...${name}], ${ctx.ms()});`,
      ctx.show(`Number(${name}.every((value, i) => value === ${name}kept[i]))`),
    ];
  },
  print: (ctx, s) => [`console.log('line ${s.a}', ${expression(ctx, s.x)});`],
  sleep: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford()) return undefined;
    const ms = ctx.wait();
    const forms = [`sleep(${ms})`, `sleep(\`\${${ms}}ms\`)`, `new Promise((r) => setTimeout(r, ${ms}))`];
    return [`await ${forms[s.a % 3]};`];
  },
  byHand: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford()) return undefined;
    const name = ctx.name('k');
    const argument = ctx.name('k');
    const line = `const ${name} = await step(${s.a % 2 === 0 ? "'by hand', " : ''}async () => (await get(${argument}, ${ctx.ms()})) + (await quick(1)));`;
    const value = `const ${argument} = ${expression(ctx, s.x)};`;
    ctx.constants.push(name);
    return [value, line];
  },
  chain: (ctx, s) => {
    if (!sequential(ctx) || !ctx.flags.isAsync || !ctx.afford()) return undefined;
    const inner = ctx.body({ isAsync: true, mayReturn: false, mayThrow: false }, 2);
    const argument = expression(ctx, s.x);
    if (!ctx.afford(2)) return undefined;
    return [
      `await get(${argument}, ${ctx.ms()}).then(async (v) => {`,
      `${touched(ctx)} += v;`,
      body(inner, s.one).trimEnd(),
      '});',
    ];
  },
  object: (ctx, s) => {
    const name = ctx.name('o');
    return [
      `const ${name} = { n: ${s.a}, list: [${s.b}] };`,
      `${name}.n += ${expression(ctx, s.x)};`,
      `${name}.list.push(${expression(ctx, s.y)});`,
      ctx.show(`${name}.n + ${name}.list.length + ${name}.list.at(-1)!`),
    ];
  },
  throws: (ctx, s) => {
    if (!ctx.flags.mayThrow) return undefined;
    const error = s.a % 2 === 0 ? `new Failure(${s.b})` : `new RangeError('r${s.b}')`;
    return [`if (${expression(ctx, s.x)} % 2 === ${s.b % 2}) throw ${error};`];
  },
  returns: (ctx, s) =>
    ctx.flags.mayReturn
      ? [`if (${expression(ctx, s.x)} % 3 === ${s.b % 3}) return ${expression(ctx, s.y)};`]
      : undefined,
  jump: (ctx, s) => {
    const { loops } = ctx.flags;
    const label = loops[s.a % loops.length];
    if (label === undefined) return undefined;
    const word = s.b % 2 === 0 || label.startsWith('block') ? 'break' : 'continue';
    return [`if (${expression(ctx, s.x)} % 2 === ${s.a % 2}) ${word} ${label};`];
  },
};

const NESTED: Readonly<Record<string, StatementRenderer>> = {
  block: (ctx, s) => ['{', body(ctx.inner(), s.one), '}'],
  condition: (ctx, s) => {
    const test = expression(ctx, s.x);
    return [
      `if (${test} % 2 === ${s.a % 2}) {`,
      body(ctx.inner(), s.one),
      '} else {',
      body(ctx.inner(), s.two),
      '}',
    ];
  },
  switches: (ctx, s) => {
    const [value, other] = [expression(ctx, s.x), expression(ctx, s.y)];
    const inner = (): Context => ctx.inner({ loops: ctx.flags.loops });
    return [
      `switch (${value} % 3) {`,
      `case 0: {`,
      body(inner(), s.one),
      '}',
      s.b % 2 === 0 ? '// falls through' : 'break;',
      `case (${other}) % 3: {`,
      body(inner(), s.two),
      'break;',
      '}',
      'default:',
      ctx.show(`${s.a}`),
      '}',
    ];
  },
  labeled: (ctx, s) => {
    const label = ctx.name('block');
    return [`${label}: {`, body(ctx.inner({ loops: [...ctx.flags.loops, label] }), s.one), '}'];
  },
  tries: (ctx, s) => {
    const caught = ctx.name('e');
    const attempt = body(ctx.inner({ mayThrow: true, caught: true }), s.one);
    const handler = ctx.inner();
    handler.constants.push(`${caught}n`);
    return [
      'try {',
      attempt,
      `} catch (${caught}) {`,
      `const ${caught}n = ${caught} instanceof Failure ? ${caught}.code : (${caught} as Error).message.length;`,
      ctx.show(`${caught}n`),
      body(handler, s.two),
      s.a % 3 === 0 && ctx.flags.mayThrow ? `throw new Failure(${caught}n + 1);` : '',
      s.a % 3 === 1 && ctx.flags.mayThrow ? `throw ${caught};` : '',
      '}',
    ];
  },
  cleanup: (ctx, s) => ['try {', body(ctx.inner(), s.one), '} finally {', body(ctx.inner(), s.two), '}'],
  everything: (ctx, s) => {
    const attempt = body(ctx.inner({ mayThrow: true, caught: true }), s.one);
    return [
      'try {',
      attempt,
      '} catch {',
      ctx.show(`${s.a}`),
      body(ctx.inner(), s.two.slice(0, 1)),
      '} finally {',
      body(ctx.inner(), s.two.slice(1)),
      '}',
    ];
  },
};

export const LEAVES = Object.keys(PLAIN);

/** What a program is made of in which nothing happens at the same time. */
export const SEQUENTIAL = [
  ...LEAVES,
  ...[NESTED, LOOPS, CLOSURES].flatMap(Object.keys).filter((kind) => kind !== 'awaits'),
  ...ALONE,
];

export const STATEMENTS: Readonly<Record<string, StatementRenderer>> = {
  ...PLAIN,
  ...NESTED,
  ...LOOPS,
  ...CLOSURES,
  ...STARTED,
  ...CONCURRENCY,
  ...IDIOMS,
};
