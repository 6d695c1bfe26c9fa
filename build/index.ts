/** `npm run build`: compiles the package to `dist/`. Arguments are handed to tsc. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCompiler } from './bundle.ts';
import { removeUnreachedDeclarations } from './declarations.ts';
import { bundlePage } from './page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

rmSync(dist, { recursive: true, force: true });
const args = [tsc, '-p', 'tsconfig.build.json', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
if (status === 0) {
  await bundleCompiler(dist);
  removeUnreachedDeclarations(dist);
  await bundlePage(dist);
} else process.exitCode = 1;
