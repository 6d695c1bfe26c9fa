import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Figure } from './measure.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/02-aws-lambda/', import.meta.url));

/** What `examples/02-aws-lambda` deploys, in kB, beside the least that a handler written by hand brings: the SDK. */
export async function bundleFigures(): Promise<Figure[]> {
  execFileSync(process.execPath, ['scripts/bundle.ts'], { cwd: EXAMPLE });
  const ours = readFileSync(`${EXAMPLE}bundle/index.mjs`);
  const { outputFiles } = await build({
    stdin: {
      contents: `import { withDurableExecution } from '@aws/durable-execution-sdk-js';
        export const handler = withDurableExecution(async (event, context) => context.step('echo', async () => event));`,
      resolveDir: EXAMPLE,
    },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['@aws-sdk/*'],
    write: false,
  });
  const theirs = outputFiles[0]?.contents ?? new Uint8Array();
  return [
    figure('bundle of the registration for AWS Lambda, minified', ours.length, theirs.length),
    figure('the same, gzipped', gzipSync(ours).length, gzipSync(theirs).length),
  ];
}

const figure = (work: string, ours: number, theirs: number): Figure => ({
  work,
  rate: ours / 1000,
  unit: 'kB',
  reference: { name: 'a handler of one step by hand', rate: theirs / 1000 },
  aim: '',
});
