/** Servers of Hono and Express: routes of their own, and the handler of docs/http.md beside them. */
import { afterEach, describe, expect, it } from 'vitest';
import { Project, well } from './support/project.ts';
import { Server } from './support/server.ts';
import { expectResumed } from './support/shop.ts';

/** Builds in the folder of the project; returns the file to run. */
const BUILDS: Readonly<Record<string, (project: Project) => string>> = {
  hono(project) {
    well(project.bin('tsdown/dist/run.mjs', []));
    return 'dist/main.mjs';
  },
  express(project) {
    well(project.bin('ts-patch/bin/tspc.js', ['-p', '.']));
    return 'dist/main.js';
  },
};

afterEach(() => Server.stopAll());

describe.each(Object.entries(BUILDS))('%s', (name, build) => {
  it('resumes a run, and completes its callback', async () => {
    const project = Project.ofFramework(name, name);
    const main = build(project);
    await expectResumed(project, (env) => Server.start(project, () => [main], env));

    const env = { STORE: project.path('runs.db'), EFFECTS: project.path('effects.log') };
    const server = await Server.start(project, () => [main], env);
    const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' };
      const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      return (await fetch(`http://127.0.0.1:${server.port}/durable${path}`, request)).json();
    };
    expect(await ask('POST', '/runs/order?id=pen', { args: ['pen'] })).toEqual({
      id: 'pen',
      status: 'running',
    });
    const asked = /^ask pen (\S+)$/m;
    await server.until('the run asks', () => asked.test(project.read('effects.log')));
    const [, token = ''] = asked.exec(project.read('effects.log')) ?? [];
    await ask('POST', `/callbacks/${token}`, { value: 'bob' });
    const completed = { id: 'pen', status: 'completed', result: 'paid pen, shipped for bob' };
    await server.until('it is completed', async () =>
      JSON.stringify(await ask('GET', '/runs/pen')).includes('result'),
    );
    expect(await ask('GET', '/runs/pen')).toEqual(completed);
  });
});
