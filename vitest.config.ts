import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { OrderOfFiles, sharedFiles } from './test/support/order-of-files.ts';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests run against the sources, so that an edit is tested without a build; the end-to-end tests use `dist`.
export const sources = [
  { find: /^use-durable$/, replacement: source('runtime/index.ts') },
  { find: /^use-durable\/compiled$/, replacement: source('runtime/compiled.ts') },
  { find: /^use-durable\/dashboard$/, replacement: source('runtime/dashboard/index.ts') },
  { find: /^use-durable\/testing$/, replacement: source('runtime/testing/index.ts') },
  { find: /^use-durable\/transformer$/, replacement: source('transformer/index.ts') },
];

/** What stands for packages that the compiler knows by name, in fixtures. */
const packages = {
  find: /^(p-limit|p-map|p-queue|async-sema|lodash|p-memoize|memoize-one)$/,
  replacement: source('test/support/packages/$1.ts'),
};

/**
 * The code that processes load, they and their children find compiled by the next: they are there in half the time. Durable
 * functions are compiled each time.
 */
export const environment = {
  NODE_COMPILE_CACHE: source('test/.tmp/compile-cache'),
  DURABLE_CACHE: 'off',
};

const include = ['test/**/*.test.ts'];
const shared = sharedFiles();
// They need installs of their own: `npm run test:engines`, `npm run test:packages`, `npm run test:page`,
// `npm run test:routes`.
const exclude = [
  ...configDefaults.exclude,
  'test/.tmp/**',
  'test/packages/**',
  'test/page/**',
  'test/routes/**',
  'test/engines/{aws,restate}*',
  'test/engines/{aws,restate}*/**',
];

export default defineConfig({
  resolve: { alias: [...sources, packages] },
  test: {
    projects: [
      { extends: true, test: { name: 'alone', include, exclude: [...exclude, ...shared] } },
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
    ],
    env: environment,
    // Much of it is waiting, for timers and for processes.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: OrderOfFiles },
    // What hangs is found all the same, and a machine that is busy with other things fails no test.
    testTimeout: 120_000,
    reporters: ['default'],
  },
});
