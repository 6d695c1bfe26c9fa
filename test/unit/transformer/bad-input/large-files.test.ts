import { afterAll, describe, expect, it } from 'vitest';
import { sample } from '../../../support/tier.ts';
import { CompileApart } from './compile-apart.ts';

/** Size alone is no reason to fail, or to take time that grows faster than the file. */
const compiler = new CompileApart(60_000);
afterAll(() => compiler.close());

const durable = (statements: string): string =>
  `declare function f(...xs: unknown[]): Promise<any>;
export async function main(x: any) {
  'use durable';
  ${statements}
  return await f(x);
}
`;

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

const inputs: Readonly<Record<string, string>> = {
  '2,000 closures': durable('await f((y: any) => y);\n'.repeat(2000)),
  '5 MB around one durable function': `${times(
    40_000,
    (i) => `export const x${i} = { a: [1, 2, 3], b: "text", c: (y: number) => y + 1 };`,
  )}${durable('')}${'// a comment\n'.repeat(200_000)}`,
  '5 MB of one string': durable(`await f(${JSON.stringify('x'.repeat(5_000_000))});`),
  '5 MB of comments in a durable function': durable('/* comment */\n'.repeat(350_000)),
  '10,000 steps in one function': durable('await f(x);\n'.repeat(10_000)),
  '10,000 arguments': durable(`await f(${'x, '.repeat(10_000)}x);`),
  '10,000 elements': durable(`await f([${'x, '.repeat(10_000)}x]);`),
  '10,000 cases': durable(`switch (x) { ${'case 1: await f(x);\n'.repeat(10_000)} }`),
  '2,000 variables': durable(times(2000, (i) => `const v${i} = f(${i}); await v${i};`)),
  '1,000 durable functions': times(
    1000,
    (i) => `export async function main${i}(x: any) { 'use durable'; return await main${(i + 1) % 1000}(x); }`,
  ),
};

describe('large files', () => {
  it.each(sample(Object.entries(inputs).reverse(), 3))(
    '%s: compiled',
    { timeout: 70_000 },
    async (_, source) => {
      const verdict = await compiler.inspect({ fileName: 'large.ts', source });
      expect(verdict.problem).toBeUndefined();
      expect(verdict.compiled).toBe(true);
    },
  );
});
