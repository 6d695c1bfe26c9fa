/**
 * `npm run test:page`: installs the driver and Chromium, unless they are there already, and runs the tests on what was built.
 * Arguments are handed to vitest. Without Chromium and without a way to install it, nothing is tested: that fails in CI, and is
 * said in capitals elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';
import { chromiumPath } from './chromium.ts';

const tests = new OwnInstall(fileURLToPath(new URL('.', import.meta.url)), 'test:page');

if (chromiumPath() === undefined && process.getuid?.() === 0) {
  // Debian's, from its own registry of packages. The fonts are those that the page asks for.
  const install = [
    'install',
    '--yes',
    '--no-install-recommends',
    'chromium',
    'fonts-dejavu-core',
    'fonts-liberation',
  ];
  spawnSync('apt-get', ['update'], { stdio: 'inherit' });
  spawnSync('apt-get', install, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
if (chromiumPath() === undefined) {
  console.error(
    'THE PAGE WAS NOT TESTED: there is no Chromium. Install it, or name it in the variable CHROMIUM.',
  );
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
tests.install('without scripts');
tests.checkTypes();
tests.vitest([...tests.ownConfig, ...process.argv.slice(2)]);
