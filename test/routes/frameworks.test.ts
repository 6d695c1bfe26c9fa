/** Nitro and SvelteKit: built by their own command, killed in a step, and resumed when the next server starts. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';
import { Server } from './support/server.ts';
import { expectResumed } from './support/shop.ts';

interface Framework {
  readonly build: (project: Project) => Ended;
  /** The server that it builds. */
  readonly main: string;
}

const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  nitro: {
    build: (project) => project.bin('../frameworks/node_modules/nitro/dist/cli/index.mjs', ['build']),
    main: '.output/server/index.mjs',
  },
  sveltekit: {
    build: (project) => project.bin('vite/bin/vite.js', ['build']),
    main: 'build/index.js',
  },
};

afterEach(() => Server.stopAll());

describe.each(Object.entries(FRAMEWORKS))('%s', (name, { build, main }) => {
  let project: Project;

  beforeAll(() => {
    project = Project.ofFramework(name, name);
    well(build(project));
  });

  it('resumes a run when the server starts, and completes its callback', async () => {
    await expectResumed(project, (env) => Server.start(project, () => [main], env));
  });

  it('stops at an error, and says where it is', () => {
    project.write('shop/order.ts', project.read('shop/order.ts').replace('use durable', 'use durible'));
    const { status, output, errors } = build(project);
    expect(output + errors).toMatch(/UD1001[\s\S]*shop\/order\.ts:5:|shop\/order\.ts:5:[\s\S]*UD1001/);
    expect(status).toBe(1);
  });
});
