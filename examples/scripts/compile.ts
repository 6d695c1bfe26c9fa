import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Processes } from './processes.ts';

/**
 * Compiles the project in the folder of these processes with `tspc`, the TypeScript compiler of ts-patch, from scratch.
 *
 * @throws Error with what the compiler said
 */
export async function compile(processes: Processes): Promise<void> {
  const script = join(
    dirname(createRequire(import.meta.url).resolve('ts-patch/package.json')),
    'bin/tspc.js',
  );
  rmSync(join(processes.folder, 'dist'), { recursive: true, force: true });
  const lines: string[] = [];
  const tspc = await processes.start('tspc', script, ['-p', 'tsconfig.json'], {}, (line) => lines.push(line));
  const { code } = await tspc.exited;
  if (code !== 0)
    throw new Error(['tspc could not compile the example:', ...lines, ...tspc.errors].join('\n'));
}
