/** What Vite and Vitest do beside a build. */
import { describe, expect, it } from 'vitest';
import { Project, well } from './support/project.ts';

const STEPS = `export async function price(item: string): Promise<number> {
  return item.length;
}
`;

const ORDER = `import { registerClass } from 'use-durable';
import { price } from './steps.ts';

export class Total {
  readonly sum: number;
  constructor(sum: number) {
    this.sum = sum;
  }
}
registerClass(Total);

export async function order(items: readonly string[]): Promise<Total> {
  'use durable';
  let sum = 0;
  for (const item of items) {
    if (item === '') continue;
    sum += await price(item);
  }
  return new Total(sum);
}
`;

function project(name: string): Project {
  const made = new Project(`vite/${name}`);
  made.write('package.json', '{ "name": "shop", "type": "module" }');
  made.write('src/steps.ts', STEPS);
  made.write('src/order.ts', ORDER);
  return made;
}

describe('the dev server', () => {
  it('loads a changed file in the place of the one before, with its registered classes', () => {
    const shop = project('dev');
    shop.write(
      'dev.mjs',
      `
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'vite';
import useDurable from 'use-durable/vite';
import { createRuntime, memoryStore } from 'use-durable';

const server = await createServer({
  logLevel: 'warn',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
  ssr: { external: ['use-durable'] },
  plugins: [useDurable()],
});
const runtime = createRuntime({ store: memoryStore() });
const result = async (id) => {
  const { order, Total } = await server.ssrLoadModule('/src/order.ts');
  const total = await (await runtime.start(order, [['ink', 'pens']], { id })).result();
  return [total instanceof Total, total.sum];
};
console.log(JSON.stringify(await result('first')));
const file = new URL('src/order.ts', import.meta.url);
writeFileSync(file, readFileSync(file, 'utf8').replace('sum += await', 'sum += 100 + await'));
server.moduleGraph.invalidateAll();
console.log(JSON.stringify(await result('second')));
await runtime.close();
await server.close();
`,
    );
    const { output, errors } = well(shop.node(['dev.mjs']));
    expect(output.trim().split('\n')).toEqual(['[true,7]', '[true,207]']);
    expect(errors).toBe('');
  });
});

describe('a build', () => {
  const BUILD = (plugins: string): string => `
import { build } from 'vite';
import useDurable from 'use-durable/vite';
await build({
  logLevel: 'warn',
  plugins: [${plugins}],
  build: { ssr: 'src/order.ts', outDir: 'out' },
  ssr: { noExternal: true },
}).catch((error) => { console.log(error.message); process.exit(3); });
`;

  const RUN = `
import { createRuntime, memoryStore } from 'use-durable';
import { order } from './out/order.js';
const runtime = createRuntime({ store: memoryStore() });
console.log(JSON.stringify(await (await runtime.start(order, [['ink']])).result()));
await runtime.close();
`;

  it('with the runtime in the bundle works beside the installed one', () => {
    const shop = project('bundled');
    shop.write('build.mjs', BUILD('useDurable()'));
    shop.write('run.mjs', RUN);
    well(shop.node(['build.mjs']));
    const { output } = well(shop.node(['run.mjs']));
    expect(output.trim()).toBe('{"sum":3}');
  });

  it('with the plugin twice is as with it once', () => {
    const shop = project('twice');
    shop.write('build.mjs', BUILD('useDurable()'));
    well(shop.node(['build.mjs']));
    const once = shop.read('out/order.js');
    shop.write('build.mjs', BUILD('useDurable(), useDurable()'));
    well(shop.node(['build.mjs']));
    expect(shop.read('out/order.js')).toBe(once);
    expect(once).toContain('shop/src/order.ts#order');
  });

  it.each([
    ['rewrites names', `code.replace('{ price }', '{ price as p }').replace('price(item)', 'p(item)')`],
    ['drops the directive', `code.replace("'use durable';", '')`],
  ])('behind a plugin that %s is refused', (_, change) => {
    const shop = project('order');
    const handler = `(code, id) => (id.endsWith('order.ts') ? ${change} : undefined)`;
    const other = `{ name: 'other', enforce: 'pre', transform: { order: 'pre', handler: ${handler} } }`;
    shop.write('build.mjs', BUILD(`${other}, useDurable()`));
    const { status, output } = shop.node(['build.mjs']);
    expect(status).toBe(3);
    expect(output).toContain('UD1013');
  });

  it('stops at an error, with its place, and shows warnings', () => {
    const shop = project('errors');
    shop.write('build.mjs', BUILD('useDurable()'));
    shop.write('src/order.ts', ORDER.replace("'use durable';", "'use durabel';"));
    const { status, output } = shop.node(['build.mjs']);
    expect(status).toBe(3);
    expect(output).toMatch(/src\/order\.ts:13:3|order\.ts.*13/s);
    expect(output).toContain('UD1001');
  });
});

describe('Vitest', () => {
  it('mocks steps, and counts no branch that the source does not have', { timeout: 200_000 }, () => {
    const shop = project('vitest');
    shop.write(
      'vitest.config.ts',
      `import useDurable from 'use-durable/vite';
import { defineConfig } from 'vitest/config';
export default defineConfig({
  plugins: [useDurable()],
  test: { coverage: { enabled: true, provider: 'v8', include: ['src/order.ts'], reporter: ['json-summary'] } },
});
`,
    );
    shop.write(
      'order.test.ts',
      `import { createTestRuntime } from 'use-durable/testing';
import { expect, it, vi } from 'vitest';
import { order } from './src/order.ts';

vi.mock('./src/steps.ts', () => ({ price: async () => 5 }));

it('adds prices', async () => {
  const runtime = createTestRuntime();
  const run = await runtime.start(order, [['a', '', 'bc']]);
  expect(await run.result()).toEqual({ sum: 10 });
});
`,
    );
    const { output } = well(shop.bin('vitest/vitest.mjs', ['run']));
    expect(output).toMatch(/Tests +1 passed/);
    const summary = JSON.parse(shop.read('coverage/coverage-summary.json')) as {
      readonly total: Record<'branches' | 'lines', { readonly pct: number }>;
    };
    expect(summary.total.branches).toMatchObject({ total: 2, covered: 2 });
    expect(summary.total.lines.pct).toBe(100);
  });
});
