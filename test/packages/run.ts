/**
 * `npm run test:packages`: installs what only these tests need, unless it is there already, generates what is generated,
 * checks the types, and runs the tests. Arguments are handed to vitest.
 */
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';

const tests = new OwnInstall(fileURLToPath(new URL('.', import.meta.url)), 'test:packages');
// None of the packages needs its scripts.
tests.install('without scripts');
// The client has its engine in it. Only migrations need the other one, which would be downloaded unless there is one.
tests.script('node_modules/prisma/build/index.js', ['generate', '--schema', 'prisma/schema.prisma'], {
  env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
});
tests.checkTypes();
tests.vitest([...tests.ownConfig, ...process.argv.slice(2)]);
