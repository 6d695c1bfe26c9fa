import { afterAll, describe, expect, it } from 'vitest';
import { CompileApart } from './compile-apart.ts';

const compiler = new CompileApart();
afterAll(() => compiler.close());

const f = 'declare function f(...xs: unknown[]): Promise<any>;\n';
const main = (body: string): string =>
  `export async function main(x: any) {\n  'use durable';\n  ${body}\n}\n`;

/** Rare syntax around and inside a durable function: compiled into something that parses. */
const correct: Readonly<Record<string, string>> = {
  overloads: `${f}export async function main(x: string): Promise<string>;\nexport async function main(x: number): Promise<number>;\n${main('return await f(x);')}`,
  'overloads of a static method':
    f +
    "export class Shop { static async buy(x: string): Promise<void>; static async buy(x: any) { 'use durable'; await f(x); } }",
  'declarations of every ambient kind': `${f}declare const a: number; declare let b: string; declare class C { m(): void }
declare enum E { A } declare namespace N { const x: number; } declare module 'm' { export const x: number; }
declare global { interface Window { x: number } }\n${main('return await f(a, b, C, E, N.x);')}`,
  'enums and namespaces': `${f}enum E { A = 1, B = A << 1, C = 'x'.length } const enum F { G }
namespace N { export const x = E.A; export namespace M { export async function inner() { 'use durable'; return await f(x); } } }
namespace P.Q.R { export async function deep() { 'use durable'; await f(); } }\n${main('return await f(E.B, F.G, N.M.inner);')}`,
  'decorators of a class': `${f}const d = (...xs: any[]): any => undefined;
@d @d() export class Shop { @d static async buy(x: any) { 'use durable'; await f(x); } @d field = 1; @d accessor y = 2; @d get z() { return 1; } }`,
  'decorators of parameters': `${f}const d = (...xs: any[]): any => undefined;
export class Shop { constructor(@d private x: number) {} static async buy(@d x: any) { 'use durable'; await f(x); } }`,
  'type parameters and constraints': `${f}export async function main<const T extends readonly unknown[], U = T[number]>(this: void, x: T & { u?: U }): Promise<T | U> {
  'use durable'; return await f<T>(x) as T satisfies T; }`,
  'type assertions in angle brackets': `${f}${main('return <number>(await (<any>f)(<string>x));')}`,
  'using in a durable function': `${f}${main('{ using y = x; await f(y); }')}`,
  'import assignments': `import fs = require('node:fs');\nimport type { A } from './a.ts';\n${f}${main('return await f(fs as unknown as A);')}`,
  'import attributes': `import data from './data.json' with { type: 'json' };\n${f}${main('return await f(data);')}`,
  'exports of every kind': `${f}async function main(x: any) { 'use durable'; return await f(x); }
export { main, main as 'an odd name', main as default }; export * from './a.ts'; export * as ns from './a.ts'; export type { A } from './a.ts';`,
  'an anonymous default export': `${f}export default async function (x: any) { 'use durable'; return await f(x); }`,
  'an arrow as default export': `${f}export default async (x: any) => { 'use durable'; return await f(x); };`,
  'escapes in names': `${f}export async function m\\u0061in(x: any) { 'use durable'; return await \\u0066(x); }`,
  'names that look like types': `${f}const type = 1, of = 2, async = 3, get = 4, as = 5, satisfies = 6;\n${main('let using = 7, declare = 8; return await f(type, of, async, get, as, satisfies, using, declare);')}`,
  'the names that the compiler uses': `${f}const $durable = 1, $main = 2;\n${main('const $ = 3, $1 = 4; return await f($durable, $main, $, $1);')}`,
  'a division that looks like a regular expression': `${f}${main('let g = 2, i = 1; return (await f(x)) / g / i + (await f(/[/]\\/(/g)) /* / */ / 2;')}`,
  'HTML-like comments inside strings': `${f}${main("return await f('<!--', '-->');")}`,
  'a label and a block': `${f}${main('a: { b: for (;;) { if (await f(x)) break a; else continue b; } }')}`,
  'empty statements': `${f};;;${main(';;; await f(x) ;;; ;')};;;`,
  'numbers of every kind': `${f}${main('return await f(0x1F, 0b11, 0o17, 1_000, 10n, .5, 5., 1e-7, 1..toString());')}`,
  'templates in templates': `${f}${main('return await f(`a#{`b#{await f(`c#{x}`)}`}#{`}`}`);').replaceAll('#{', '$' + '{')}`,
  'destructuring with defaults that await': `${f}${main('const { a = await f(x), ...rest } = x, [b = await f(a), , ...c] = await f(rest); return [b, c];')}`,
  'class with everything': `${f}${main(`class C<T> extends (await f(x)) { static #a = 1; #b = 2; static { C.#a++; } declare d: T; override async m() { return await f(this.#b); }
    get [x]() { return 1; } set [x](v) {} *g() { yield 1; } static async [Symbol.iterator]() {} } return await new C<number>().m();`)}`,
  'await using': `${f}${main('await using y = await f(x); for (await using z of [y, null]); for (await using z = y; ; ) return z;')}`,
  'async generators': `${f}${main('async function* g() { yield* h(); return yield f(x); } const h = async function* () {}; for await (const y of g()) return y;')}`,
};

/** Not correct, or not for us: unchanged, without an exception. */
const refused: Readonly<Record<string, string>> = {
  'types of another checker': `${f}export async function main(x: ?number, y: {| a: 1 |}): Promise<*> { 'use durable'; return await f(x); }`,
  'an await outside of an async function': `${f}export function main() { 'use durable'; return await f(); }`,
  'a directive on everything': `'use durable'; class C { constructor() { 'use durable'; } get x() { 'use durable'; return 1; } static { 'use durable'; } }
enum E { 'use durable' } namespace N { 'use durable'; } interface I { 'use durable': 1 } type T = 'use durable'; if (1) { 'use durable'; } () => { 'use durable'; };`,
  'two functions with one name': `${f}${main('await f(x);')}${main('await f(x);')}`,
  'an id of nothing': `${f}export async function main() { 'use durable as '; await f(); }`,
  'an id of line ends': `${f}export async function main() { 'use durable as a\\nb'; await f(); }`,
  'a lone surrogate as id': `${f}export async function main() { 'use durable as \\uD800'; await f(); }`,
  'a generator': `${f}export async function* main() { 'use durable'; yield await f(); }`,
  'a script': `async function main() { 'use durable'; }`,
  'a method of an instance': `${f}export class C { async m() { 'use durable'; await f(); } async #p() { 'use durable'; } }`,
  'an abstract class': `${f}export abstract class C { abstract m(): void; async n() { 'use durable'; await f(); } }`,
  'await using in a clause': `${f}${main('switch (x) { case 1: await using y = await f(x); }')}`,
};

describe('rare syntax', () => {
  it.each(Object.entries(correct))('%s: compiled', async (_, source) => {
    const verdict = await compiler.inspect({ fileName: 'rare.ts', source });
    expect(verdict.problem).toBeUndefined();
    expect(verdict).toMatchObject({ wellFormed: true, compiled: true });
  });

  it('JSX: compiled', async () => {
    const source = `${f}${main('return <A b={await f(x)} {...await f(x)} c="d">{await f(x)} {...[await f(1)]} <></> <a.b.c /> <x-y /> &amp; {/* */}</A>;')}declare const A: any, a: any;\n`;
    const verdict = await compiler.inspect({ fileName: 'rare.tsx', source });
    expect(verdict.problem).toBeUndefined();
    expect(verdict).toMatchObject({ wellFormed: true, compiled: true });
  });

  it.each(Object.entries(refused))('%s: comes back as it is', async (_, source) => {
    const verdict = await compiler.inspect({ fileName: 'rare.ts', source });
    expect(verdict.problem).toBeUndefined();
    expect(verdict.compiled).toBe(false);
  });
});
