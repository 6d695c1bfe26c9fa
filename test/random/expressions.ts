import type { Context } from './context.ts';
import { body, expression } from './render.ts';
import type { Expr } from './shapes.ts';

/**
 * Random expressions, all of them numbers. Each renderer gives undefined where the place doesn't allow what it writes;
 * the first one always can.
 */
type Renderer = (ctx: Context, e: Expr) => string | undefined;

const x = (ctx: Context, e: Expr): string => (e.x ? expression(ctx, e.x) : String(e.a));
const y = (ctx: Context, e: Expr): string => (e.y ? expression(ctx, e.y) : String(e.a + 1));

/** Something that calls `steps` steps. */
const stepping =
  (render: (ctx: Context, e: Expr) => string, steps = 1): Renderer =>
  (ctx, e) =>
    ctx.flags.isAsync && ctx.afford(steps) ? render(ctx, e) : undefined;

/** Something that may throw: seldom where nothing catches it, for the rest of the program would never run. */
const throwing =
  (render: Renderer): Renderer =>
  (ctx, e) =>
    ctx.flags.mayThrow && (ctx.flags.caught || e.a % 6 === 5) ? render(ctx, e) : undefined;

/** Something that changes variables, and so may not run beside other code that does. */
const changing =
  (render: Renderer): Renderer =>
  (ctx, e) =>
    ctx.variables.length > 0 && (!ctx.flags.beside || ctx.shared.wild) ? render(ctx, e) : undefined;

/** What the callbacks of a chain change. */
export const touched = (ctx: Context): string => ctx.variables.at(-1)!;

const variable = (ctx: Context, e: Expr): string | undefined => {
  const names = [...ctx.variables, ...ctx.constants];
  return names[names.length - 1 - (e.a % names.length)];
};

export const EXPRESSIONS: Readonly<Record<string, Renderer>> = {
  literal: (_ctx, e) => String(e.a),
  variable,
  helper: (ctx, e) => `inc(${x(ctx, e)})`,
  sum: (ctx, e) => `(${x(ctx, e)} + ${y(ctx, e)})`,
  get: stepping((ctx, e) => `(await get(${x(ctx, e)}, ${ctx.ms()}))`),
  quick: stepping((ctx, e) => `(await quick(${x(ctx, e)}))`),
  method: stepping((ctx, e) => `(await api.scale(${x(ctx, e)}, ${ctx.ms()}))`),
  deepMethod: stepping((ctx, e) => `(await api.nested.add(${x(ctx, e)}, ${y(ctx, e)}, ${ctx.ms()}))`),
  element: stepping((ctx, e) => `(await api.repos[${e.a % 2}]!.find(${x(ctx, e)}, ${ctx.ms()}))`),
  fresh: stepping((ctx, e) => `(await new Repo('r').find(${x(ctx, e)}, ${ctx.ms()}))`),
  member: stepping((ctx, e) => `(await load(${x(ctx, e)}, ${ctx.ms()})).id`),
  nestedCalls: stepping((ctx, e) => `(await get(await get(${x(ctx, e)}, ${ctx.ms()}), ${ctx.ms()}))`, 2),
  conditional: stepping(
    (ctx, e) =>
      `(await (${x(ctx, e)} % 2 === 0 ? get(${e.a}, ${ctx.ms()}) : api.scale(${y(ctx, e)}, ${ctx.ms()})))`,
  ),
  logical: stepping((ctx, e) => `((await (${x(ctx, e)} > 2 && get(${e.a}, ${ctx.ms()}))) || ${e.a})`),
  either: stepping((ctx, e) => `(await (get(${x(ctx, e)}, ${ctx.ms()}) ?? quick(${e.a})))`),
  template: stepping((ctx, e) => `\`\${await say(\`t\${${x(ctx, e)}}\`, ${ctx.ms()})}\`.length`),
  comma: stepping((ctx, e) => `(inc(${e.a}), await get(${x(ctx, e)}, ${ctx.ms()}))`),
  spread: stepping((ctx, e) => `(await get(...([${x(ctx, e)}, ${ctx.ms()}] as const)))`),
  called: stepping((ctx, e) => `(await get.call(undefined, ${x(ctx, e)}, ${ctx.ms()}))`),
  optional: stepping((ctx, e) => `((await api.maybe?.(${x(ctx, e)})) ?? ${e.a})`, 0),
  optionalMethod: stepping((ctx, e) => `(await api?.scale?.(${x(ctx, e)}, ${ctx.ms()}))`),
  resolved: stepping((ctx, e) => `(await Promise.resolve(${x(ctx, e)}))`, 0),
  pureChain: stepping((ctx, e) => `(await get(${x(ctx, e)}, ${ctx.ms()}).then((v) => v + 1))`),
  longChain: stepping(
    (ctx, e) => `(await load(${x(ctx, e)}, ${ctx.ms()}).then((r) => r.tags).then(({ length }) => length))`,
  ),
  caught: stepping(
    (ctx, e) => `(await bad(${x(ctx, e)}, ${ctx.ms()}).catch((error: Failure) => error.code))`,
  ),
  touchingChain: changing(
    stepping((ctx, e) => {
      const name = touched(ctx);
      return `(await get(${x(ctx, e)}, ${ctx.ms()}).then((v) => (${name} += v)))`;
    }),
  ),
  touchingCatch: changing(
    stepping((ctx, e) => {
      const name = touched(ctx);
      return `(await risky(${x(ctx, e)}, ${ctx.ms()}).then((v) => v + ${name}, (error: Failure) => { ${name}++; return error.code; }))`;
    }),
  ),
  chainOfSteps: changing(
    stepping((ctx, e) => {
      const name = touched(ctx);
      return `(await get(${x(ctx, e)}, ${ctx.ms()}).then(async (v) => { ${name}++; return v + (await get(${e.a}, ${ctx.ms()})); }).finally(() => { ${name} += 2; }))`;
    }, 2),
  ),
  call: (ctx, e) => {
    const callee = ctx.callee(e.a);
    if (!callee) return undefined;
    return callee.isAsync ? `(await ${callee.call(x(ctx, e))})` : callee.call(x(ctx, e));
  },
  durable: (ctx, e) => {
    const callee = ctx.shared.durables[e.a % ctx.shared.durables.length];
    if (!callee || !ctx.flags.isAsync || (callee.throws && !ctx.flags.mayThrow)) return undefined;
    return ctx.afford(callee.cost) ? `(await ${callee.call(x(ctx, e))})` : undefined;
  },
  promise: (ctx, e) =>
    ctx.flags.isAsync && ctx.promises.length > 0
      ? `(await ${ctx.promises[e.a % ctx.promises.length]})`
      : undefined,
  bad: throwing(stepping((ctx, e) => `(await bad(${x(ctx, e)}, ${ctx.ms()}))`)),
  risky: throwing(stepping((ctx, e) => `(await risky(${x(ctx, e)}, ${ctx.ms()}))`)),
  pair: stepping((ctx, e) => {
    const arguments_ = [x(ctx, e), y(ctx, e)];
    ctx.shared.concurrent = true;
    return `(await Promise.all([get(${arguments_[0]}, ${ctx.ms()}), quick(${arguments_[1]}), ${e.a}])).reduce((n, m) => n + m)`;
  }, 2),
  iife: (ctx, e) => {
    if (!ctx.flags.isAsync) return undefined;
    const inner = ctx.inner({ loops: [], mayReturn: false });
    return `(await (async () => {\n${body(inner, [])}return ${x(inner, e)};\n})())`;
  },
};
