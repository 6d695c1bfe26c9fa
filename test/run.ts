/**
 * `npm test`: builds the package while the formatting is checked, then runs the quick tier while the types and the package are
 * checked. Arguments are handed to vitest. What a check says is printed when it has ended, in one piece; it fails if any part fails.
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** Programs that have run, and whether each ended with 0. */
const results: { readonly name: string; readonly passed: boolean }[] = [];

/** @param output printed as it comes, or when the program has ended, since another one prints meanwhile */
function run(
  name: string,
  [script, ...args]: readonly [string, ...string[]],
  output: 'at once' | 'at the end',
): Promise<boolean> {
  const child = spawn(process.execPath, [resolve(modules, script), ...args], {
    cwd: root,
    stdio: [
      'ignore',
      ...(output === 'at once' ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const)),
    ],
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => printed.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const passed = code === 0;
      results.push({ name, passed });
      process.stdout.write(Buffer.concat(printed));
      if (!passed) console.error(`${name} ended with ${code ?? signal}.`);
      resolve(passed);
    });
  });
}

const tsc = 'typescript/bin/tsc';

const [built] = await Promise.all([
  // Unchecked: the check of types has the same files.
  run('the build', [join(root, 'build/index.ts'), '--noCheck'], 'at the end'),
  run('the check of formatting', ['@biomejs/biome/bin/biome', 'ci', '.'], 'at the end'),
]);
if (built) {
  await Promise.all([
    run('vitest', ['vitest/vitest.mjs', 'run', ...process.argv.slice(2)], 'at once'),
    run('the check of types', [tsc, '-p', 'tsconfig.json'], 'at the end').then(() =>
      run('the check of the package', ['publint/src/cli.js'], 'at the end'),
    ),
    run('the check of the types of the page', [tsc, '-p', 'runtime/dashboard/page'], 'at the end'),
  ]);
}
const failed = results.filter(({ passed }) => !passed);
// The reports of the checks may be far above, between those of the tests.
if (failed.length > 0) console.error(`\nFailed: ${failed.map(({ name }) => name).join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;
