import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Figure } from './measure.ts';

const AIM = 15;

/** What a bundler makes of the runtime: minified and compressed, in kB. */
export async function sizeFigures(): Promise<Figure[]> {
  const codec = await bundled(`export * from './dist/runtime/values/codec.js'`);
  // Over any backend; of its own, compiled code only brings the one that is used when a function is called directly.
  const core = await bundled(
    `export * from 'use-durable/compiled'; export { runBody } from './dist/runtime/scope/run-body.js'`,
    '*/default-runtime.js',
  );
  const local = await bundled(
    `export * from 'use-durable/compiled'; export { createRuntime, memoryStore, fileStore } from 'use-durable'`,
  );
  return [
    {
      work: 'runtime core in a bundle, gzipped, codec included',
      rate: core.gzip,
      unit: 'kB',
      reference: { name: 'the codec', rate: codec.gzip },
      aim: `${AIM} kB`,
      reached: AIM / core.gzip,
    },
    {
      work: 'with the local backend and its stores',
      rate: local.gzip,
      unit: 'kB',
      reference: { name: 'the same with brotli', rate: local.brotli },
      aim: '',
    },
  ];
}

async function bundled(
  contents: string,
  ...external: string[]
): Promise<{ readonly gzip: number; readonly brotli: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('..', import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['croner', '@opentelemetry/api', ...external],
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { gzip: gzipSync(code, { level: 9 }).length / 1000, brotli: brotliCompressSync(code).length / 1000 };
}
