/** `npm run bundle`: compiles the example and puts all it needs into `bundle/index.mjs`, which is what is deployed. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));
const tspc = join(dirname(createRequire(import.meta.url).resolve('ts-patch/package.json')), 'bin/tspc.js');
const { status } = spawnSync(process.execPath, [tspc, '-p', here], { stdio: 'inherit' });
if (status !== 0) process.exit(1);

const outfile = join(here, 'bundle/index.mjs');
await build({
  entryPoints: [join(here, 'dist/02-aws-lambda/src/handler.js')],
  outfile,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Lambda has them.
  external: ['@aws-sdk/*'],
  // What is written for CommonJS finds a `require`.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
console.log(`bundle/index.mjs: ${Math.ceil(statSync(outfile).size / 1024)} KB`);
