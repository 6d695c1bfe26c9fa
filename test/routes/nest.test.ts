/** NestJS: `nest build` by its builders, and an application whose services are injected. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';
import { Server } from './support/server.ts';
import { expectResumed } from './support/shop.ts';

const NEST = fileURLToPath(new URL('frameworks/node_modules/@nestjs/cli/bin/nest.js', import.meta.url));

let project: Project;
const build = (...args: readonly string[]): Ended => project.node([NEST, 'build', ...args]);
const serve = (env: Readonly<Record<string, string>>): Promise<Server> =>
  Server.start(project, () => ['dist/main.js'], env);
const replace = (file: string, from: string, to: string): void =>
  project.write(file, project.read(file).replace(from, to));

beforeEach(({ task }) => {
  project = Project.ofFramework('nest', `nest/${task.name.replaceAll(/\W+/g, '-')}`);
});
afterEach(() => Server.stopAll());

it('resumes methods of providers with the services of the new container', async () => {
  well(build());
  await expectResumed(project, serve);
});

it('stops at an error, in each incremental build until it is mended', () => {
  well(build());
  replace('src/orders.ts', 'use durable', 'use durible');
  const told = /src\/orders\.ts\S*:\S*11\S*:\S*5\S* - .*UD1001/;
  const expectRefused = (): void => {
    const { status, output, errors } = build();
    expect(output + errors).toMatch(told);
    expect(output).toContain('Found 1 error(s)');
    expect(status).toBe(1);
  };
  expectRefused();
  expectRefused();
  replace('src/warehouse.ts', 'Steps of orders', 'The steps of orders');
  expectRefused();
  replace('src/orders.ts', 'use durible', 'use durable');
  expect(well(build()).output).not.toContain('UD');
});

it('shows warnings, and goes on', () => {
  project.write(
    'src/start-all.ts',
    'export const startAll = (items: string[]) => items.map(async (item) => item);\n',
  );
  replace('src/orders.ts', 'import ', `import { startAll } from './start-all';\nimport `);
  replace('src/orders.ts', 'await this.warehouse.pack(item);', 'await Promise.all(startAll([item]));');
  expect(well(build()).output).toMatch(/src\/orders\.ts\(14,\d+\): warning .*UD3006/);
});

it('nest build --watch shows an error at each change', async () => {
  const watch = Server.run(project, [NEST, 'build', '--watch']);
  await watch.until('the first build', () => watch.output.includes('Found 0 errors'));
  replace('src/orders.ts', 'use durable', 'use durible');
  await watch.until('the error', () => /UD1001[\s\S]*Found 1 error/.test(watch.output));
  expect(project.read('dist/orders.js')).toContain('.refuse(');
  replace('src/orders.ts', 'use durible', 'use durable');
  await watch.until('the next build', () => /Found 1 error[\s\S]*Found 0 errors/.test(watch.output));
  expect(project.read('dist/orders.js')).not.toContain('.refuse(');
});

it('the SWC builder compiles nothing, and the first start of a run says so', async () => {
  well(build('--builder', 'swc'));
  const env = { STORE: project.path('runs.db'), EFFECTS: project.path('effects.log') };
  const server = await serve(env);
  await expect(server.ask('POST', '/orders?item=book')).rejects.toThrow('500');
  const text = 'NotCompiledError: The function "order" was not compiled by use-durable';
  await server.until('it says why', () => server.output.includes(text));
});
