/**
 * `npm run test:engines`: installs what only these tests need, unless it is there already, checks the types of what needs
 * it, and runs the contract on every engine. Arguments are handed to vitest.
 */
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';

const tests = new OwnInstall(fileURLToPath(new URL('.', import.meta.url)), 'test:engines');
// None of the packages needs its scripts; one of them would only report the install to somebody.
tests.install('without scripts');
tests.checkTypes();
tests.vitest([...tests.ownConfig, ...process.argv.slice(2)]);
