import type { Context } from './context.ts';
import type { Idiom } from './idioms.ts';
import type { Stmt } from './shapes.ts';

/** What gives the promise of a number. `n` may stand in a function that isn't async. */
type Call = (ctx: Context, n: string) => string;

/** Calls of functions, and other ways to a promise than its call. */
const CALLS: readonly Call[] = [
  (ctx, n) => `get.apply(undefined, [${n}, ${ctx.ms()}])`,
  (ctx, n) => `get.bind(undefined, ${n})(${ctx.ms()})`,
  (ctx, n) => `get.call(undefined, ${n}, ${ctx.ms()})`,
  (ctx, n) => `Reflect.apply(api.scale, api, [${n}, ${ctx.ms()}])`,
  (ctx, n) => `api.nested.add.apply(api.nested, [${n}, 1, ${ctx.ms()}])`,
  (ctx, n) => `api.scale.bind(api)(${n}, ${ctx.ms()})`,
  (ctx, n) => `api.nested.add(${n}, ...([2, ${ctx.ms()}] as const))`,
  (ctx, n) => `Promise.resolve(get(${n}, ${ctx.ms()}))`,
  (ctx, n) => `Array.of(get(${n}, ${ctx.ms()}))[0]!`,
  (ctx, n) => `[...[get(${n}, ${ctx.ms()})]].at(-1)!`,
  (ctx, n) => `Object.assign({ q: 1 }, { p: get(${n}, ${ctx.ms()}) }).p`,
  (ctx, n) => `Object.values({ p: get(${n}, ${ctx.ms()}) })[0]!`,
  (ctx, n) => `[${n}].reduce((p, m) => p.then((sum) => get(sum + m, ${ctx.ms()})), Promise.resolve(1))`,
  (ctx, n) => `Promise.all([get(${n}, ${ctx.ms()})]).then(([v]) => v! + 1)`,
];

/** Calls that give a thenable which is no promise, and whose work begins at once. */
const EAGER: readonly Call[] = [
  (ctx, n) => `eager(${n}, ${ctx.ms()})`,
  (ctx, n) => `eager(${n}, ${ctx.ms()}).then((v) => v + 1)`,
  (ctx, n) => `Promise.resolve(eager(${n}, ${ctx.ms()}))`,
  (ctx, n) => `Promise.all([eager(${n}, ${ctx.ms()}), 1]).then(([v]) => v)`,
  (ctx, n) => `eager.call(undefined, ${n}, ${ctx.ms()})`,
  (ctx, n) => `Array.of(eager(${n}, ${ctx.ms()}))[0]!`,
  (ctx, n) => `[${n}].map((m) => eager(m, ${ctx.ms()}))[0]!`,
  (ctx, n) => `cancelable(${n}, ${ctx.ms()})`,
  (ctx, n) => `Reflect.apply(cancelable, undefined, [${n}, ${ctx.ms()}])`,
];

/** What becomes of a promise, in two steps. */
type Use = (ctx: Context, s: Stmt, name: string, value: string, call: Call) => string[];

const USES: readonly Use[] = [
  (ctx, s, _name, value, call) => [ctx.show(`(await ${call(ctx, value)}) * 10 + (await quick(${s.a}))`)],
  (ctx, s, name, value, call) => {
    const line = `const ${name} = ${call(ctx, value)};`;
    ctx.promises.push(name);
    return [line, ctx.show(`await quick(${s.a})`), ctx.show(`(await ${name}) * 10 + (await ${name})`)];
  },
  (ctx, s, name, value, call) => [
    `const ${name} = (n: number) => ${call(ctx, 'n')};`,
    ctx.show(`(await ${name}(${value})) * 10 + (await ${name}(${s.a}))`),
  ],
  (ctx, s, name, value, call) => [
    `const ${name} = await Promise.all([${call(ctx, value)}, quick(${s.a}), ${s.b}]);`,
    ctx.show(`${name}[0]! * 100 + ${name}[1]! * 10 + ${name}[2]!`),
  ],
  (ctx, s, name, value, call) => [
    `const ${name} = async (p: PromiseLike<number>, n: PromiseLike<number> | number = 1) => (await p) * 10 + (await n);`,
    ctx.show(
      `await ${name}.${s.a % 2 === 0 ? 'call(null, ' : 'apply(null, ['}${call(ctx, value)}, quick(${s.b})${s.a % 2 === 0 ? '' : ']'})`,
    ),
  ],
  (ctx, s, name, value, call) => [
    `const ${name} = async (n: number, p: PromiseLike<number>) => n + (await p);`,
    ctx.show(
      s.a % 2 === 0
        ? `await ${name}(...([${s.b}, ${call(ctx, value)}] as const))`
        : `await ${name}.bind(null, ${s.b}, ${call(ctx, value)})()`,
    ),
    ctx.show(`await Reflect.apply(${name}, null, [1, quick(${s.a})])`),
  ],
  (ctx, s, name, value, call) => [
    `const ${name}: { p?: PromiseLike<number> } = {};`,
    s.a % 2 === 0 ? `Reflect.set(${name}, 'p', ${call(ctx, value)});` : `${name}.p ??= ${call(ctx, value)};`,
    ctx.show(`(await quick(${s.b})) * 10 + (await ${name}.p!)`),
  ],
  (ctx, s, name, value, call) => [
    `const ${name}: PromiseLike<number>[] = [quick(${s.a})];`,
    `${name}.${s.b % 2 === 0 ? 'unshift' : 'push'}(${call(ctx, value)});`,
    s.a % 2 === 0
      ? `for (const p of ${name}) ${ctx.show('await p')}`
      : ctx.show(`(await Promise.all(${name})).reduce((sum, n) => sum * 10 + n)`),
  ],
];

/** Each way with each use. */
const idiom = (calls: readonly Call[], steps: number): Idiom => ({
  steps,
  lines: (ctx, s, name, value) => {
    const number = s.a * 12 + s.b;
    const call = calls[number % calls.length]!;
    return USES[Math.floor(number / calls.length) % USES.length]!(ctx, s, name, value, call);
  },
});

/** Promises of steps that come by another way than the call's own `await`, and thenables that stand for them. */
export const WAYS: Readonly<Record<string, Idiom>> = {
  ways: idiom(CALLS, 2),
  eagerly: idiom(EAGER, 2),
  chained: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = await [${value}, ${s.a}].reduce(`,
      `(p, n) => p.then(${s.b % 2 === 0 ? '' : 'async '}(sum) => ${s.b % 2 === 0 ? `get(sum + n, ${ctx.ms()})` : `sum + (await get(n, ${ctx.ms()}))`}),`,
      `${s.a % 2 === 0 ? 'Promise.resolve(0)' : `get(${s.b}, ${ctx.ms()})`},`,
      ');',
      ctx.show(name),
    ],
  },
  /** Objects of which nothing tells that they are at work already: they are awaited where they are made. */
  begun: {
    steps: 3,
    lines: (ctx, s, name, value) => {
      const call = `begun(${value}, ${ctx.ms()})`;
      const ends = ['', '.then((v) => v + 1)', '.catch(() => 0)', '.then(inc)'];
      return [
        ctx.show(`await ${call}${ends[s.a % ends.length]}`),
        `const ${name} = await Promise.all([${s.a}, ${s.b}].map(async (n, index) => await begun(n, index === 0 ? ${ctx.ms()} : ${ctx.ms()})));`,
        ctx.show(`${name}[0]! * 10 + ${name}[1]!`),
      ];
    },
  },
  eagerFails: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      s.a % 2 === 0
        ? ctx.show(`await eager(${value} + 100, ${ctx.ms()}).catch((error) => (error as Failure).code)`)
        : `try {\n${ctx.show(`await eager(${value} + 100, ${ctx.ms()})`)}\n} catch (${name}) {\n${ctx.show(`(${name} as Failure).code`)}\n}`,
      ctx.show(`(await Promise.race([eager(${s.b}, ${ctx.ms()}), new Promise<never>(() => {})])) + ${s.a}`),
    ],
  },
};
