import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import main, { sources } from '../../vitest.config.ts';

/** Real packages, which need the install of this folder: `npm run test:packages`. */
export default defineConfig({
  ...main,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  // The packages are the real ones here.
  resolve: { alias: sources },
  test: {
    include: ['test/packages/**/*.test.ts'],
    exclude: ['test/packages/node_modules/**'],
    globalSetup: ['test/packages/compile.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    maxWorkers: 2,
  },
});
