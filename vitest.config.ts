import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests run against the sources, so that an edit is tested without a build; the end-to-end tests use `dist`.
export const sources = [
  { find: /^use-durable$/, replacement: source('runtime/index.ts') },
  { find: /^use-durable\/compiled$/, replacement: source('runtime/compiled.ts') },
  { find: /^use-durable\/testing$/, replacement: source('runtime/testing/index.ts') },
  { find: /^use-durable\/transformer$/, replacement: source('transformer/index.ts') },
];

/** What stands for packages that the compiler knows by name, in fixtures. */
const packages = {
  find: /^(p-limit|p-map|p-queue|async-sema)$/,
  replacement: source('test/support/packages/$1.ts'),
};

export default defineConfig({
  resolve: { alias: [...sources, packages] },
  test: {
    include: ['test/**/*.test.ts'],
    // They need installs of their own: `npm run test:engines`, `npm run test:packages`.
    exclude: [
      ...configDefaults.exclude,
      'test/.tmp/**',
      'test/packages/**',
      'test/engines/{aws,restate}*',
      'test/engines/{aws,restate}*/**',
    ],
    // By default one core is left alone, which is half of a small machine.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // What hangs is found all the same, and a machine that is busy with other things fails no test.
    testTimeout: 120_000,
    reporters: ['default'],
  },
});
