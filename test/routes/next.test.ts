/** Next: `next build` by both of its bundlers, `next start`, `next dev`. */
import { globSync, rmSync } from 'node:fs';
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
  const isStandalone = bundler === 'turbopack';
  let project: Project;
  const build = (): Ended =>
    project.node([NEXT, 'build', `--${bundler}`], { ...ENV, ...(isStandalone && { STANDALONE: '1' }) });

  beforeAll(() => {
    project = Project.ofFramework('next', `next-${bundler}`);
    well(build());
  }, 300_000);

  it('resumes a run in instrumentation.ts, and has one runtime for all of its bundles', async () => {
    await expectResumed(project, (env) => serve(project, 'start', env));
  });

  it('starts a run in a server action', async () => {
    const env = { STORE: project.path('actions.db'), EFFECTS: project.path('actions.log') };
    const server = await serve(project, 'start', env);
    const [, action = ''] = /name="(\$ACTION_ID_\w+)"/.exec(await server.ask('GET', '/')) ?? [];
    await server.submit('/', { [action]: '', item: 'pen' });
    await server.until('the run asks', () => project.read('actions.log').includes('ask pen'));
    expect(project.read('actions.log')).toMatch(/^runtime\ncharge pen\npack pen\nask pen /);
    expect(await server.ask('GET', '/ping')).toBe('pong');
  });

  it.runIf(isStandalone)('with output: standalone resumes as well', async () => {
    rmSync(project.path('runs.db'));
    rmSync(project.path('effects.log'));
    const [main = ''] = globSync('.next/standalone/**/server.js', {
      cwd: project.folder,
      exclude: (name) => name === 'node_modules',
    });
    expect(project.read(main)).toContain('next');
    await expectResumed(project, (env) => Server.start(project, () => [main], { ...ENV, ...env }));
  });

  it('stops at an error, and at a durable function for the edge runtime, and says where they are', () => {
    project.write('shop/order.ts', project.read('shop/order.ts').replace('use durable', 'use durible'));
    project.write('app/ping/remind.ts', REMIND);
    project.write('app/ping/route.ts', project.read('app/ping/route.ts') + USES_REMIND);
    const { status, output, errors } = build();
    expect(status).toBe(1);
    const text = output + errors;
    expect(text).toMatch(/shop\/order\.ts:5:3 - .*UD1001/);
    expect(text).toMatch(/app\/ping\/remind\.ts:2 - .*for the edge runtime, which has no Node/);
    expect(text).toContain("Remove `export const runtime = 'edge'`");
  });
});

const REMIND = `export async function remind() {
  'use durable';
  await fetch('http://127.0.0.1');
}
`;
const USES_REMIND = `import { remind } from './remind.ts';
export const POST = async () => Response.json(await remind());
`;

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
