/** Next: `next build` by both of its bundlers, `next start`, `next dev`. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';
import { Server } from './support/server.ts';
import { expectResumed } from './support/shop.ts';

const NEXT = fileURLToPath(new URL('frameworks/node_modules/next/dist/bin/next', import.meta.url));
const ENV = {
  NEXT_TELEMETRY_DISABLED: '1',
  // Where the packages are; a project of its own needs no such setting.
  INSTALL: fileURLToPath(new URL('.', import.meta.url)),
};

const serve = (project: Project, command: string, env: Readonly<Record<string, string>>): Promise<Server> =>
  Server.start(project, (port) => [NEXT, command, '-H', '127.0.0.1', '-p', port], { ...ENV, ...env });

afterEach(() => Server.stopAll());

describe.each(['turbopack', 'webpack'])('next build --%s', (bundler) => {
  let project: Project;
  const build = (): Ended => project.node([NEXT, 'build', `--${bundler}`], ENV);

  beforeAll(() => {
    project = Project.ofFramework('next', `next-${bundler}`);
    well(build());
  }, 300_000);

  it('resumes a run in instrumentation.ts, and has one runtime for all of its bundles', async () => {
    await expectResumed(project, (env) => serve(project, 'start', env));
  });

  it('stops at an error, and says where it is', () => {
    project.write('shop/order.ts', project.read('shop/order.ts').replace('use durable', 'use durible'));
    const { status, output, errors } = build();
    expect(status).toBe(1);
    const text = output + errors;
    expect(text).toMatch(/shop\/order\.ts:5:3 - .*UD1001/);
  });
});

it('next dev takes up an edited durable function', async () => {
  const project = Project.ofFramework('next', 'next-dev');
  const env = { STORE: project.path('runs.db'), EFFECTS: project.path('effects.log') };
  const server = await serve(project, 'dev', env);
  await server.ask('POST', '/orders?item=book');
  await server.until('the first run is under way', () => project.read('effects.log').includes('ask book'));
  const edited = project.read('shop/order.ts').replace('return `', 'return `edited: ');
  project.write('shop/order.ts', edited);
  let items = 0;
  const resultOf = async (): Promise<string> => {
    const item = `pen${++items}`;
    await server.ask('POST', `/orders?item=${item}`);
    const asked = new RegExp(`ask ${item} (\\S+)`);
    await server.until('the run asks', () => asked.test(project.read('effects.log')));
    const [, token = ''] = asked.exec(project.read('effects.log'))!;
    await server.ask('POST', `/approvals?token=${token}&by=bob`);
    const get = (): Promise<string> => server.ask('GET', `/orders?item=${item}`);
    await server.until('the run ends', async () => (await get()) !== '{"status":"running"}');
    return get();
  };
  await server.until('the new code runs', async () => (await resultOf()).includes('edited: paid pen'));
  expect(project.read('effects.log').match(/^runtime$/gm)).toHaveLength(1);
}, 300_000);
