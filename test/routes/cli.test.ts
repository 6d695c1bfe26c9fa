/** The command, by its file in the packed package, on a project that Vite builds. */
import { expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';

const ORDER = `import { price } from './price.ts';

export async function order(item: string): Promise<number> {
  'use durable';
  return await price(item);
}
`;

function project(): Project {
  const made = new Project('cli/vite');
  made.write(
    'package.json',
    JSON.stringify({
      name: 'shop',
      type: 'module',
      scripts: { build: 'vite build' },
      dependencies: { 'use-durable': '*' },
      devDependencies: { vite: '*', typescript: '*' },
    }),
  );
  made.write(
    'vite.config.ts',
    `import { defineConfig } from 'vite';

export default defineConfig({
  build: { ssr: 'src/main.ts' }, // no page
});
`,
  );
  made.write('src/price.ts', 'export const price = async (item: string) => item.length;\n');
  made.write('src/order.ts', ORDER);
  made.write(
    'src/main.ts',
    `import { createRuntime, memoryStore } from 'use-durable';
import { order } from './order.ts';

const runtime = createRuntime({ store: memoryStore() });
console.log(await (await runtime.start(order, ['ink'])).result());
await runtime.close();
`,
  );
  return made;
}

const command = (shop: Project, ...args: string[]): Ended => shop.bin('use-durable/dist/cli/main.js', args);

const codesOf = ({ output }: Ended): readonly string[] =>
  (JSON.parse(output) as { findings: { code: string; file: string; line: number }[] }).findings.map(
    ({ code, file, line }) => `${code} ${file}:${line}`,
  );

it('init sets up a build by Vite, and doctor tells what is built before and after', () => {
  const shop = project();
  const build = (): Ended => well(shop.bin('vite/bin/vite.js', ['build', '--logLevel', 'warn']));
  build();
  const before = command(shop, 'doctor', '--json');
  expect([before.status, codesOf(before)]).toEqual([
    1,
    ['no-plugin vite.config.ts:3', expect.stringMatching(/^plain-output dist\/main\.js:\d+$/)],
  ]);

  well(command(shop, 'init', '--yes', '--no-install'));
  expect(shop.read('vite.config.ts')).toBe(`import { defineConfig } from 'vite';
import useDurable from 'use-durable/vite';

export default defineConfig({
  build: { ssr: 'src/main.ts' }, // no page
  plugins: [useDurable()],
});
`);
  build();
  expect(shop.read('dist/main.js')).toContain('shop/src/order.ts#order');
  expect(well(shop.node(['dist/main.js'])).output).toBe('3\n');
  const after = well(command(shop, 'doctor', '--json'));
  expect(codesOf(after)).toEqual([]);
  expect(JSON.parse(after.output)).toMatchObject({
    files: [
      {
        file: 'src/order.ts',
        functions: [{ id: 'shop/src/order.ts#order' }],
        compiledBy: [{ tool: 'Vite', file: 'vite.config.ts', line: 6 }],
      },
    ],
  });
  expect(well(command(shop, 'init')).output).toContain('Nothing to do');

  shop.write('src/order.ts', ORDER.replace('await price(item)', 'await price(item + item)'));
  expect(codesOf(command(shop, 'doctor', '--json'))).toEqual([
    expect.stringMatching(/^stale-output dist\/main\.js:\d+$/),
  ]);
});
