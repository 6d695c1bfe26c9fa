/**
 * Made `limited.db.gz`, once, as `make.ts` made `runs.db.gz`:
 *
 *     node make-limited.ts <folder of 0.1.0>
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';

const [old = ''] = process.argv.slice(2);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const load = (path: string): Promise<Record<string, never>> =>
  import(pathToFileURL(join(old, 'dist', path)).href);

const { transform } = (await load('transformer/index.js')) as Record<
  string,
  (...args: unknown[]) => { code: string }
>;
const { createRuntime, fileStore } = (await load('runtime/index.js')) as Record<
  string,
  (...args: unknown[]) => never
>;
const folder = mkdtempSync(join(old, 'made-'));
const { code } = transform!(readFileSync(here('limited.ts'), 'utf8'), { fileName: 'src/limited.ts' });
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
writeFileSync(join(folder, 'limited.mjs'), ts.transpileModule(code, { compilerOptions }).outputText);
const limited = (await import(pathToFileURL(join(folder, 'limited.mjs')).href)) as Record<string, never>;

const path = join(folder, 'runs.db');
const store = fileStore!(path);
// biome-ignore lint/suspicious/noExplicitAny: the runtime of another version, whose types aren't here
const runtime = createRuntime!({ store }) as any;
(globalThis as { hangs?: string }).hangs = 'mug';
await runtime.start(limited.rounds, [['cup', 'pot', 'pan']], { id: 'rounds' });
await runtime.start(limited.closures, [['cup', 'mug', 'pan']], { id: 'closures' });
// All that is asked for is recorded by then.
await new Promise((resolve) => setTimeout(resolve, 1_000));
await runtime.close({ timeoutMs: 0 });
// biome-ignore lint/suspicious/noExplicitAny: as above
await (store as any).close();
writeFileSync(here('limited.db.gz'), gzipSync(readFileSync(path), { level: 9 }));
process.exit();
