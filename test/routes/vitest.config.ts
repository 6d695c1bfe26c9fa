import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Real build tools, which need the install of this folder: `npm run test:routes`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/routes/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/tmp/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    maxWorkers: 2,
  },
});
