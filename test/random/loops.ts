import type { Context } from './context.ts';
import { body, expression } from './render.ts';
import type { StatementRenderer } from './statements.ts';

/** Loops of two turns. */
function turn(ctx: Context, ...constants: string[]): Context & { readonly label: string } {
  const label = ctx.name('loop');
  const inner = ctx.inner({ loops: [...ctx.flags.loops, label], times: ctx.flags.times * 2 });
  inner.constants.push(...constants);
  return Object.assign(inner, { label });
}

export const LOOPS: Readonly<Record<string, StatementRenderer>> = {
  counts: (ctx, s) => {
    const i = ctx.name('i');
    const inner = turn(ctx, i);
    return [`${inner.label}: for (let ${i} = 0; ${i} < 2; ${i}++) {`, body(inner, s.one), '}'];
  },
  goesOver: (ctx, s) => {
    const item = ctx.name('item');
    const inner = turn(ctx, item);
    const known = ctx.flags.isAsync && ctx.afford();
    const list = known
      ? `await items(${expression(ctx, s.x)}, ${ctx.ms()})`
      : `[${expression(ctx, s.x)}, ${expression(ctx, s.y)}]`;
    return [`${inner.label}: for (const ${item} of ${list}) {`, body(inner, s.one), '}'];
  },
  entries: (ctx, s) => {
    const i = ctx.name('i');
    const inner = turn(ctx, i, `${i}v`);
    const list = `[${expression(ctx, s.x)}, ${expression(ctx, s.y)}]`;
    return [`${inner.label}: for (const [${i}, ${i}v = 4] of ${list}.entries()) {`, body(inner, s.one), '}'];
  },
  properties: (ctx, s) => {
    const key = ctx.name('key');
    const inner = turn(ctx, `${key}.length`);
    return [`${inner.label}: for (const ${key} in { x: 1, yy: 2 }) {`, body(inner, s.one), '}'];
  },
  whiles: (ctx, s) => {
    const i = ctx.name('w');
    const inner = turn(ctx, i);
    // The test is evaluated once more than the body.
    const test = expression(ctx.inner({ times: ctx.flags.times * 3 }), s.x);
    return [`let ${i} = 0;`, `${inner.label}: while (${i}++ < 2 && ${test} >= 0) {`, body(inner, s.one), '}'];
  },
  doWhiles: (ctx, s) => {
    const i = ctx.name('w');
    const inner = turn(ctx, i);
    const test = expression(inner, s.x);
    return [
      `let ${i} = 0;`,
      `${inner.label}: do {`,
      body(inner, s.one),
      `} while (++${i} < 2 && ${test} >= 0);`,
    ];
  },
  awaits: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    const item = ctx.name('item');
    const first = expression(ctx, s.x);
    const inner = turn(ctx, item);
    ctx.shared.concurrent = true;
    return [
      `${inner.label}: for await (const ${item} of [get(${first}, ${ctx.ms()}), quick(${s.a}), ${s.b}].slice(0, 2)) {`,
      body(inner, s.one),
      '}',
    ];
  },
  readers: (ctx, s) => {
    const name = ctx.name('readers');
    const k = ctx.name('k');
    const inner = turn(ctx, k);
    return [
      `const ${name}: (() => number)[] = [];`,
      `for (let ${k} = 0; ${k} < 2; ${k}++) {`,
      `${name}.push(() => ${k} * 10);`,
      body(ctx.inner({ loops: [], mayReturn: false, times: inner.flags.times }), s.one),
      `if (${k} === 0) ${k} += ${expression(inner, s.x)} * 0;`,
      '}',
      ctx.show(`${name}.reduce((sum, read) => sum + read(), 0)`),
    ];
  },
};
