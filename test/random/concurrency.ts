import type { Context } from './context.ts';
import { body, expression } from './render.ts';
import type { Expr, Stmt } from './shapes.ts';
import type { StatementRenderer } from './statements.ts';

/** Longer than everything else in a program together. */
const LONG = 100_000;

/** An async closure that is called at once, beside others. */
function branch(ctx: Context, statements: readonly Stmt[], result: Expr, mayThrow = false): string {
  const inner = ctx.beside({ mayThrow, caught: mayThrow, mayReturn: true });
  const text = body(inner, statements);
  return `(async (): Promise<number> => {\n${text}return ${expression(inner, result)};\n})()`;
}

export const CONCURRENCY: Readonly<Record<string, StatementRenderer>> = {
  all: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford()) return undefined;
    const name = ctx.name('all');
    const first = branch(ctx, s.one, s.x);
    const second = branch(ctx, s.two, s.y);
    const others = [
      `get(${s.a}, ${ctx.ms()})`,
      `${s.a}`,
      `new Promise<number>((resolve) => resolve(${s.b}))`,
    ];
    return [
      `const ${name} = await Promise.all([${first}, ${second}, ${others[s.b % 3]}]);`,
      ctx.show(`${name}[0]! * 100 + ${name}[1]! * 10 + ${name}[2]!`),
    ];
  },
  mapped: (ctx, s) => {
    if (!ctx.flags.isAsync) return undefined;
    const name = ctx.name('all');
    const inner = ctx.beside({ mayReturn: true, times: ctx.flags.times * 2 });
    inner.constants.push('item', 'index');
    const text = body(inner, s.one);
    const value = expression(inner, s.x);
    const list = `[${expression(ctx.inner({ isAsync: false }), s.y)}, ${s.b}]`;
    const closure = `async (item, index) => {\n${text}return item + (${value});\n}`;
    const map = s.a % 2 === 0 ? `${list}.map(${closure})` : `Array.from(${list}, ${closure})`;
    return [`const ${name} = await Promise.all(${map});`, ctx.show(`${name}[0]! * 10 + ${name}[1]!`)];
  },
  settled: (ctx, s) => {
    if (!ctx.flags.isAsync) return undefined;
    const name = ctx.name('settled');
    const first = branch(ctx, s.one, s.x, true);
    const second = branch(ctx, s.two, s.y, true);
    return [
      `const ${name} = await Promise.allSettled([${first}, ${second}, ${s.a}]);`,
      `for (const r of ${name}) ${ctx.show(`r.status === 'fulfilled' ? r.value : -(r.reason as Failure).message.length`)}`,
    ];
  },
  /** A late loser that goes on while the function does, and is awaited in the end. */
  race: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(3)) return undefined;
    const [loser, winner] = [ctx.name('loser'), ctx.name('winner')];
    const inner = ctx.beside({ mayReturn: true });
    const slow = `const ${loser} = (async (): Promise<number> => {\nconst first = await get(${s.a}, ${LONG});\n${body(inner, s.one)}return first + ${expression(inner, s.x)};\n})();`;
    const combinator = s.b % 2 === 0 ? 'race' : 'any';
    const quick = s.b % 3 === 0 ? branch(ctx, [], s.y) : `get(${s.b}, ${ctx.ms()})`;
    const failing = combinator === 'any' ? `, bad(${s.a}, ${ctx.ms()})` : '';
    return [
      slow,
      `const ${winner} = await Promise.${combinator}([${loser}, ${quick}${failing}]);`,
      ctx.show(winner),
      '{',
      body(ctx.beside(), s.two),
      '}',
      ...ctx.beside().add(`(await ${loser})`, s.a),
    ];
  },
  /** A race against time, whose loser is left alone. */
  timeout: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    ctx.shared.concurrent = true;
    const name = ctx.name('winner');
    const timer = s.b % 2 === 0 ? `sleep('999999s')` : `sleep(${ctx.wait()})`;
    const step = s.b % 2 === 0 ? `get(${s.a}, ${ctx.ms()})` : `get(${s.a}, ${LONG})`;
    const wait =
      s.a % 2 === 0 ? `${timer}.then(() => -1)` : `(async () => {\nawait ${timer};\nreturn -2;\n})()`;
    return [`const ${name} = await Promise.race([${step}, ${wait}]);`, ctx.show(name)];
  },
  /** The first item keeps one worker busy until the other one has taken all others. */
  pool: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(3)) return undefined;
    const name = ctx.name('pool');
    const inner = ctx.beside({ times: ctx.flags.times * 3, mayReturn: false });
    inner.constants.push('index');
    const text = body(inner, s.one);
    const worker = [
      `const ${name}worker = async (): Promise<number> => {`,
      'let done = 0;',
      `while (${name}next < 3) {`,
      `const index = ${name}next++;`,
      `${name}[index] = await get(index, index === 0 ? ${LONG} : ${ctx.ms()});`,
      text,
      'done++;',
      '}',
      'return done;',
      '};',
    ];
    const run =
      s.a % 2 === 0
        ? `await Promise.all([${name}worker(), ${name}worker()]);`
        : `await Promise.all(Array.from({ length: 2 }, ${name}worker));`;
    return [
      `const ${name}: number[] = [];`,
      `let ${name}next = 0;`,
      ...worker,
      run,
      ctx.show(`Number(${name}.join(''))`),
    ];
  },
  /** Closures that wait for a promise which the function resolves. */
  gate: (ctx, s) => {
    if (!ctx.flags.isAsync) return undefined;
    const name = ctx.name('gate');
    const inner = ctx.beside({ mayReturn: true });
    inner.constants.push('opened');
    const waiter = `(async (): Promise<number> => {\nconst opened = await ${name};\n${body(inner, s.one)}return opened + ${expression(inner, s.x)};\n})()`;
    return [
      `let ${name}open!: (n: number) => void;`,
      `const ${name} = new Promise<number>((resolve) => {`,
      `${name}open = resolve;`,
      '});',
      `const ${name}waiter = ${waiter};`,
      '{',
      body(ctx.beside(), s.two),
      '}',
      `${name}open(${s.a});`,
      ...ctx.add(`(await ${name}waiter)`, s.b),
    ];
  },
  /** A failing branch; the other one has nothing left to do when it fails. */
  fails: (ctx, s) => {
    if (!ctx.flags.isAsync || !ctx.afford(2)) return undefined;
    ctx.shared.concurrent = true;
    return [
      'try {',
      `await Promise.all([get(${s.a}, ${ctx.ms()}), bad(${s.b}, ${ctx.ms()})]);`,
      '} catch (error) {',
      ctx.show('(error as Failure).code'),
      '}',
    ];
  },
};
