import type { Callee, Context } from './context.ts';
import { body, expression } from './render.ts';
import type { Stmt } from './shapes.ts';
import type { StatementRenderer } from './statements.ts';

/** A function with one parameter `n`, and what a call of it costs. */
interface Written {
  /** Everything between its braces. */
  readonly text: string;
  readonly isAsync: boolean;
  readonly throws: boolean;
  readonly calm: boolean;
  readonly cost: number;
}

function write(ctx: Context, s: Stmt, n: string, prepare: (inner: Context) => void = () => {}): Written {
  const isAsync = s.a % 5 !== 4;
  const calm = s.b % 3 === 0;
  const throws = ctx.flags.mayThrow && s.b % 2 === 1 && !calm;
  const outer = calm && !ctx.flags.beside && !ctx.shared.wild ? ctx.inner({ beside: true }) : ctx;
  const inner = outer.body({ isAsync, mayThrow: throws, mayReturn: true }, s.a % 3 === 2 ? 4 : 2);
  inner.constants.push(n);
  prepare(inner);
  const text = body(inner, s.one);
  const result = inner.flags.isAsync ? expression(inner, s.x) : n;
  // The last call may be returned without being awaited.
  const returned =
    s.b % 4 === 2
      ? result.replace(/^\(await (.*)\)$/s, (whole, call) => (balanced(call) ? call : whole))
      : result;
  return { text: `${text}return ${returned};\n`, isAsync, throws, calm, cost: inner.meter.spent };
}

/** Whether brackets open before they close, so that what stands around can be taken away. */
export function balanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')' && --depth < 0) return false;
  }
  return true;
}

const callee = (written: Written, call: Callee['call'], changes: Partial<Callee> = {}): Callee => ({
  isAsync: written.isAsync,
  throws: written.throws,
  calm: written.calm,
  cost: written.cost,
  call,
  ...changes,
});

const head = ({ isAsync }: Written): string => (isAsync ? 'async ' : '');
const result = ({ isAsync }: Written): string => (isAsync ? 'Promise<number>' : 'number');

/** Declares a function and calls it at once, and perhaps later. */
function declare(ctx: Context, s: Stmt, lines: string[], made: Callee): string[] {
  ctx.callees.push(made);
  const value = expression(ctx, { kind: 'call', a: 0, x: s.y });
  return value === '0' ? lines : [...lines, ...ctx.add(value, s.a)];
}

export const CLOSURES: Readonly<Record<string, StatementRenderer>> = {
  arrow: (ctx, s) => {
    const name = ctx.name('f');
    const written = write(ctx, s, 'n');
    const line = `const ${name} = ${head(written)}(n: number): ${result(written)} => {\n${written.text}};`;
    return declare(
      ctx,
      s,
      [line],
      callee(written, (x) => `${name}(${x})`),
    );
  },
  local: (ctx, s) => {
    const name = ctx.name('f');
    const written = write(ctx, s, 'n');
    const line = `${head(written)}function ${name}(n = 1): ${result(written)} {\n${written.text}}`;
    return declare(
      ctx,
      s,
      [line],
      callee(written, (x) => `${name}(${x})`),
    );
  },
  /** One function behind the signatures of two, called before it stands there or behind it. */
  overloaded: (ctx, s) => {
    const name = ctx.name('f');
    const written = write(ctx, s, 'n');
    const type = result(written);
    const lines = [
      `function ${name}(m: number): ${type};`,
      `function ${name}(m: string, more?: number): ${type};`,
      `${head(written)}function ${name}(m: number | string, more = 0): ${type} {\nconst n = Number(m) + more;\n${written.text}}`,
    ];
    const call = s.a % 2 === 0 ? (x: string) => `${name}(${x})` : (x: string) => `${name}(String(${x}), 1)`;
    const made = callee(written, call);
    if (s.b % 4 !== 0) return declare(ctx, s, lines, made);
    const called = declare(ctx, s, [], made);
    return [...called, ...lines];
  },
  overloadedMethod: (ctx, s) => {
    const name = ctx.name('K');
    const written = write(ctx, s, 'n');
    const type = result(written);
    const kind = s.b % 2 === 0 ? 'static ' : '';
    const lines = [
      `abstract class ${name}A {\nabstract also(n: number): number;\n}`,
      `class ${name} extends ${name}A {`,
      'also(n: number): number {\nreturn n;\n}',
      `${kind}run(m: number): ${type};`,
      `${kind}run(m: string): ${type};`,
      `${kind}${head(written)}run(m: number | string): ${type} {\nconst n = Number(m);\n${written.text}}`,
      '}',
      `const ${name}o = ${kind === '' ? `new ${name}()` : name};`,
    ];
    const argument = s.a % 2 === 0 ? (x: string) => x : (x: string) => `String(${x})`;
    return declare(
      ctx,
      s,
      lines,
      callee(written, (x) => `${name}o.run(${argument(x)})`),
    );
  },
  inArray: (ctx, s) => {
    const name = ctx.name('fs');
    const written = write(ctx, s, 'n');
    const lines = [
      `const ${name}: ((n: number) => ${result(written)})[] = [];`,
      `${name}.push(${head(written)}(n) => {\n${written.text}});`,
    ];
    return declare(
      ctx,
      s,
      lines,
      callee(written, (x) => `${name}[0]!(${x})`),
    );
  },
  inObject: (ctx, s) => {
    const name = ctx.name('o');
    const written = write(ctx, s, 'n');
    const line = `const ${name} = {\nown: 1,\n${head(written)}run(n: number): ${result(written)} {\nthis.own += n;\n${written.text}},\n};`;
    return declare(
      ctx,
      s,
      [line],
      callee(written, (x) => `${name}.run(${x})`),
    );
  },
  inMap: (ctx, s) => {
    const name = ctx.name('m');
    const written = write(ctx, s, 'n');
    const line = `const ${name} = new Map([['k', ${head(written)}(n: number): ${result(written)} => {\n${written.text}}]]);`;
    return declare(
      ctx,
      s,
      [line],
      callee(written, (x) => `${name}.get('k')!(${x})`),
    );
  },
  returned: (ctx, s) => {
    const name = ctx.name('make');
    const written = write(ctx, s, 'n', (inner) => {
      inner.constants.push('m');
      if (!inner.flags.beside || inner.shared.wild) inner.variables.push('own');
      else inner.sums.push('own');
    });
    const line = `const ${name} = (m: number) => {\nlet own = m;\nreturn ${head(written)}(n: number): ${result(written)} => {\n${written.text}};\n};`;
    return declare(
      ctx,
      s,
      [line, `const ${name}made = ${name}(${s.b});`],
      callee(written, (x) => `${name}made(${x})`),
    );
  },
  parameter: (ctx, s) => {
    const name = ctx.name('twice');
    const written = write(ctx, s, 'n');
    if (!written.isAsync) return undefined;
    const lines = [
      `const ${name} = async (fn: (n: number) => Promise<number>, n: number): Promise<number> => (await fn(n)) + (await fn(n + 1));`,
      `const ${name}fn = async (n: number): Promise<number> => {\n${written.text}};`,
    ];
    if (ctx.flags.isAsync && ctx.afford(2))
      lines.push(...ctx.add(`(await ${name}(quick, ${expression(ctx, s.y)}))`, s.a));
    return declare(
      ctx,
      s,
      lines,
      callee(written, (x) => `${name}(${name}fn, ${x})`, { cost: written.cost * 2 }),
    );
  },
  recursion: (ctx, s) => {
    const name = ctx.name('again');
    const written = write(ctx, { ...s, a: s.a % 2 === 0 ? 0 : 2 }, 'n', (inner) =>
      inner.constants.push('deeper'),
    );
    const line = `const ${name} = async (n: number): Promise<number> => {\nif (n <= 0) return 0;\nconst deeper = await ${name}(n - 1);\n${written.text}};`;
    return declare(
      ctx,
      s,
      [line],
      callee(written, (x) => `${name}((${x}) % 3)`, { cost: written.cost * 2 }),
    );
  },
  classes: (ctx, s) => {
    const name = ctx.name('K');
    const written = write(ctx, s, 'n', (inner) => {
      if (!inner.flags.beside || inner.shared.wild) inner.variables.push('this.#own');
      else inner.sums.push('this.#own');
    });
    const lines = [
      `class ${name} {`,
      '#own = 1;',
      'static made = 0;',
      `static async make(n: number): Promise<${name}> {\n${name}.made += n;\nreturn new ${name}();\n}`,
      `${head(written)}#hidden(n: number): ${result(written)} {\n${written.text}}`,
      written.isAsync
        ? `async run(n: number): Promise<number> {\nreturn (await this.#hidden(n)) + this.#own;\n}`
        : `run(n: number): number {\nreturn this.#hidden(n) + this.#own;\n}`,
      '}',
      ctx.flags.isAsync ? `const ${name}o = await ${name}.make(${s.b});` : `const ${name}o = new ${name}();`,
    ];
    return declare(
      ctx,
      s,
      lines,
      callee(written, (x) => `${name}o.run(${x})`),
    );
  },
  helper: (ctx, s) => {
    const value = expression(ctx.inner({ isAsync: false }), s.x);
    const inner = ctx.body({ isAsync: false, mayThrow: false, mayReturn: false });
    inner.constants.push('v');
    return ctx.add(
      `[1, ${value}].map((v) => {\n${body(inner, s.one.slice(0, 1))}return v * 2;\n}).filter((v) => v !== 2).reduce((p, q) => p + q, 0)`,
      s.a,
    );
  },
};
