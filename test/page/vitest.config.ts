import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import main from '../../vitest.config.ts';

/** The page in a real browser, which needs the install of this folder: `npm run test:page`. */
export default defineConfig({
  ...main,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  // What is built, as users have it.
  resolve: {},
  test: {
    include: ['test/page/**/*.test.ts'],
    exclude: ['test/page/node_modules/**'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // On a machine that is busy with other things a page takes long.
    expect: { poll: { timeout: 60_000, interval: 100 } },
    reporters: ['default'],
    fileParallelism: false,
  },
});
