import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../transformer/analyze.ts';
import { sample } from '../../../support/tier.ts';

/**
 * Four times the code is about four times the work. Work is how often analysis asks TypeScript about a node: unlike time,
 * the same on every machine.
 */
const questions = (source: string): number => {
  let asked = 0;
  const counting = Object.fromEntries(
    Object.entries(ts).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === 'function' && /^is[A-Z]|^forEachChild$/.test(name)
        ? (...args: unknown[]): unknown => {
            asked++;
            return (member as (...args: unknown[]) => unknown)(...args);
          }
        : member,
    ]),
  ) as unknown as typeof ts;
  const sourceFile = ts.createSourceFile('large.ts', source, ts.ScriptTarget.ESNext, true);
  const { functions, diagnostics } = analyze(counting, sourceFile, 'large.ts');
  expect(diagnostics.filter(({ code }) => code === 'UD2005')).toEqual([]);
  expect(functions.length).toBeGreaterThan(0);
  return asked;
};

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

const F = 'declare function f(...xs: unknown[]): Promise<any>;\n';
const durable = (body: string): string =>
  `${F}export async function main(x: any) {\n'use durable';\n${body}\nreturn await f(x);\n}\n`;

const inputs: Readonly<Record<string, (count: number) => string>> = {
  'awaits in one sum': (n) => durable(`const sum = ${Array(n).fill('await f(x)').join(' + ')};`),
  'statements with a step': (n) => durable(times(n, () => 'await f(x);')),
  'local functions': (n) =>
    durable(times(n, (i) => `async function g${i}() { return await f(${i}); } await g${i}();`)),
  'local functions that nobody calls': (n) =>
    durable(times(n, (i) => `async function g${i}() { return await f(${i}); }`)),
  'arrows bound to names': (n) =>
    durable(times(n, (i) => `const g${i} = async () => await f(${i}); await g${i}();`)),
  'calls started, then awaited': (n) =>
    durable(times(n, (i) => `const p${i} = f(${i});`) + times(n, (i) => `await p${i};`)),
  'assignments of one variable': (n) => durable(`let v = f(0);${times(n, () => 'v = f(v); await v;')}`),
  'promises that are pushed': (n) =>
    durable(`const ps: any[] = [];${times(n, (i) => `ps.push(f(${i}));`)}await Promise.all(ps);`),
  'values handed from name to name': (n) =>
    durable(`const v0 = f(0);${times(n, (i) => `const v${i + 1} = v${i};`)}await v${n};`),
  'closures of steps': (n) => durable(times(n, () => 'await f((y: any) => y + x);')),
  'closures of steps that call functions': (n) =>
    durable(times(n, (i) => `await f(() => g${i}()); function g${i}() { return 1; }`)),
  'private methods': (n) =>
    durable(
      `class P { ${times(n, (i) => `async #m${i}() { return await f(${i}); }`)} async run() {
${times(n, (i) => `await this.#m${i}();`)} } } await new P().run();`,
    ),
  'methods that call each other': (n) =>
    durable(
      `class P { ${times(n, (i) => `async m${i}() { return await f(${i}); }`)} async run() {
${times(n, (i) => `await this.m${i}();`)} } } await new P().run();`,
    ),
  'methods of an object': (n) =>
    durable(
      `const o = { ${times(n, (i) => `async m${i}() { return await f(${i}); },`)} };${times(n, (i) => `await o.m${i}();`)}`,
    ),
  'blocks with a var': (n) => durable(times(n, (i) => `{ const y = await f(${i}); var z${i} = y; }`)),
  cases: (n) => durable(`switch (x) { ${times(n, (i) => `case ${i}: await f(${i}); break;`)} }`),
  'try statements': (n) =>
    durable(times(n, (i) => `try { await f(${i}); } catch (e) { await f(e); } finally { await f(); }`)),
  'async generators': (n) =>
    durable(
      times(
        n,
        (i) => `async function* g${i}() { yield f(${i}); } for await (const y of g${i}()) await f(y);`,
      ),
    ),
  imports: (n) =>
    times(n, (i) => `import { a${i} } from './m${i}.ts';`) + durable(times(n, (i) => `await a${i}();`)),
  'variables of the module': (n) =>
    times(n, (i) => `let m${i} = 0; export function set${i}() { m${i}++; }`) +
    durable(times(n, (i) => `await f(m${i});`)),
  'classes of errors': (n) =>
    times(n, (i) => `export class E${i}Error extends Error {}`) +
    durable(times(n, (i) => `try { await f(x); } catch (e) { if (e instanceof E${i}Error) throw e; }`)),
  'durable functions': (n) =>
    times(
      n,
      (i) => `export async function m${i}(x: any) { 'use durable'; return await m${(i + 1) % n}(x); }`,
    ),
  'durable methods of one class': (n) =>
    `${F}export class K { ${times(n, (i) => `static async m${i}() { 'use durable'; return await f(${i}); }`)} }`,
  'functions without the directive': (n) =>
    times(n, (i) => `export function g${i}() { return ${i}; }`) + durable(''),
};

describe('work grows as the file does', () => {
  it.each(sample(Object.entries(inputs), 3))('%s', (_, input) => {
    expect(questions(input(400)) / questions(input(100))).toBeLessThan(5);
  });
});
