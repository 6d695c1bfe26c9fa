import type { Context } from './context.ts';
import type { Idiom } from './idioms.ts';
import { body } from './render.ts';
import type { Stmt } from './shapes.ts';

/** What is written inside of the function or block of an idiom: it goes on behind it, whatever happens there. */
const inside = (ctx: Context, s: Stmt): string => body(ctx.inner({ loops: [], mayReturn: false }), s.two);

/** Async generators, resources, and chains of calls in all their shapes. */
export const LANGUAGE: Readonly<Record<string, Idiom>> = {
  asyncGenerates: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      `async function* ${name}(n: number): AsyncGenerator<number> {`,
      'try {',
      `yield get(n, ${ctx.ms()});`,
      inside(ctx, s),
      `yield* [quick(${s.a}), n];`,
      '} finally {',
      ctx.show(`await get(n + 1, ${ctx.ms()})`),
      '}',
      '}',
      `for await (const v of ${name}(${value})) {`,
      ctx.show('v'),
      s.b % 2 === 0 ? 'break;' : '',
      '}',
    ],
  },
  asyncGeneratesByHand: {
    steps: 3,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = (async function* (n: number): AsyncGenerator<number, number, number> {`,
      `const sent = yield get(n, ${ctx.ms()});`,
      'try {',
      `yield sent + (await quick(${s.a}));`,
      `} catch (error) {`,
      ctx.show('(error as Failure).code'),
      '}',
      `return get(sent, ${ctx.ms()});`,
      `})(${value});`,
      `const ${name}first = await ${name}.next(1);`,
      `const ${name}second = await ${name}.next(${name}first.value * 2);`,
      `const ${name}third = ${s.b % 3 === 0 ? `await ${name}.throw(new Failure(3))` : s.b % 3 === 1 ? `await ${name}.return(4)` : `await ${name}.next(5)`};`,
      ctx.show(`${name}second.value * 10 + ${name}third.value`),
    ],
  },
  delegates: {
    steps: 3,
    lines: (ctx, s, name, value) => [
      `const ${name} = {`,
      `k: ${s.a},`,
      'async *one(n: number): AsyncGenerator<number> {',
      `yield this.k + (await get(n, ${ctx.ms()}));`,
      '},',
      'async *[Symbol.asyncIterator](): AsyncGenerator<number> {',
      `yield* this.one(${value});`,
      `yield* this.one(${s.b});`,
      `yield quick(this.k);`,
      '},',
      '};',
      ctx.show(`(await Array.fromAsync(${name})).reduce((sum, v) => sum * 3 + v, 0)`),
    ],
  },
  disposes: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      'try {',
      `await using ${name} = open(${value}), ${name}none = null;`,
      `await using ${name}own = {`,
      `n: ${s.a},`,
      'async [Symbol.asyncDispose](): Promise<void> {',
      ctx.show(`await get(this.n, ${ctx.ms()})`),
      '},',
      '};',
      inside(ctx, s),
      ctx.show(`await risky(${name}.n + ${name}own.n + (${name}none ?? 1), ${ctx.ms()})`),
      '} catch (error) {',
      ctx.show('(error as Failure).code ?? -1'),
      '}',
    ],
  },
  disposesInLoop: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      `for (await using ${name} of [open(${value}), null, open(${s.a})]) {`,
      s.b % 2 === 0 ? `if (${name} === null) continue;` : `if (${name} === null) break;`,
      ctx.show(`await get(${name}.n, ${ctx.ms()})`),
      '}',
    ],
  },
  chains: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = ${s.a % 2 === 0 ? 'db' : 'undefined'} as typeof db | undefined;`,
      `const ${name}far = await db?.select(${value}).plus(await get(${s.a}, ${ctx.ms()}))${s.b % 2 === 0 ? '?.plus(1)' : ''};`,
      `const ${name}near = await ${name}?.select(${value})${s.b % 2 === 0 ? '?' : ''}.plus(${s.b}).plus(await quick(${s.a}));`,
      `const ${name}none = await db.maybe?.select(await get(9, ${ctx.ms()})).plus(2);`,
      ctx.show(`${name}far + (${name}near ?? -1) + (${name}none ?? -2)`),
      ctx.show(`await (await (db.select(${value})).plus(1), api).nested.add(${s.a}, 1, ${ctx.ms()})`),
    ],
  },
};
