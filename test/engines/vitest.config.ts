import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import main, { environment } from '../../vitest.config.ts';

/** The contract on every engine, those too that need the install of this folder: `npm run test:engines`. */
export default defineConfig({
  ...main,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/engines/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    // Much of it is waiting. More would be too much for two cores: each of some has a server and processes of its own.
    maxWorkers: 2,
    env: { ...environment, ENGINE_KILLS: process.env.ENGINE_KILLS ?? '8', RESTATE_LOGGING: 'ERROR' },
  },
});
