import { describe, expect, it } from 'vitest';
import { withDurable } from '../../../../transformer/hosts/next.ts';

const FILES = '*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}';
const LOADER = expect.stringMatching(/loader\.ts$/);
const CONTENT = { content: expect.any(RegExp) };
const OURS = { condition: { all: [CONTENT, { not: 'edge-light' }] }, loaders: [LOADER] };
const OURS_ON_EDGE = {
  condition: { all: [CONTENT, 'edge-light'] },
  loaders: [{ loader: LOADER, options: { runtime: 'edge' } }],
};
const context = { isServer: true };
const emptyWebpack = () => ({ module: { rules: [] as object[] } });

describe('withDurable', () => {
  it('adds the loader for both bundlers', () => {
    const config = withDurable() as ReturnType<typeof withDurable<{ turbopack: object; webpack: never }>>;
    expect(config).toMatchObject({ turbopack: { rules: { [FILES]: [OURS, OURS_ON_EDGE] } } });
    const { webpack } = config as unknown as { webpack(given: object, context: object): object };
    expect(webpack(emptyWebpack(), context)).toMatchObject({
      module: { rules: [{ loader: LOADER, enforce: 'pre' }] },
    });
    expect(webpack(emptyWebpack(), { ...context, nextRuntime: 'edge' })).toMatchObject({
      module: { rules: [{ loader: LOADER, enforce: 'pre', options: { runtime: 'edge' } }] },
    });
  });

  it('keeps what it is given', () => {
    const config = withDurable({
      reactStrictMode: true,
      turbopack: { root: '/app', rules: { '*.svg': ['svg-loader'], [FILES]: { loaders: ['banner'] } } },
      webpack(given: object, { isServer }: { isServer: boolean }) {
        return { ...given, name: isServer ? 'server' : 'client' };
      },
    });
    expect(config).toMatchObject({
      reactStrictMode: true,
      turbopack: {
        root: '/app',
        rules: { '*.svg': ['svg-loader'], [FILES]: [{ loaders: ['banner'] }, OURS, OURS_ON_EDGE] },
      },
    });
    const made = config.webpack(emptyWebpack(), context);
    expect(made).toMatchObject({ name: 'server', module: { rules: [{ loader: LOADER }] } });
  });

  it('takes a function, as Next does', async () => {
    const config = withDurable(async (phase: string) => ({ distDir: phase, turbopack: {} }));
    expect(await config('build')).toMatchObject({
      distDir: 'build',
      turbopack: { rules: { [FILES]: [OURS, OURS_ON_EDGE] } },
    });
  });

  it('hands over the files that may hold durable functions, and no others', () => {
    const { turbopack } = withDurable({ turbopack: { rules: {} as Record<string, unknown> } });
    const [own] = turbopack.rules[FILES] as [{ condition: { all: [{ content: RegExp }] } }];
    const [condition] = own.condition.all;
    for (const text of ["'use durable';", '"use durable as x"', "'Use Durible'", 'registerClass(A)'])
      expect(condition.content.test(text), text).toBe(true);
    for (const text of ["'use server';", 'they use durable goods'])
      expect(condition.content.test(text), text).toBe(false);
  });
});
