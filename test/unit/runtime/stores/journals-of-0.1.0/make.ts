/**
 * Made `runs.db.gz` and `token.txt`, once: with the last commit of version 0.1.0, dd0fb40, unpacked and built in a folder of its own
 * (`git archive dd0fb40`, `npm run build`), and this from there:
 *
 *     node make.ts <that folder>
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
const { code } = transform!(readFileSync(here('orders.ts'), 'utf8'), { fileName: 'src/orders.ts' });
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
writeFileSync(join(folder, 'orders.mjs'), ts.transpileModule(code, { compilerOptions }).outputText);
const orders = (await import(pathToFileURL(join(folder, 'orders.mjs')).href)) as Record<string, never>;

const path = join(folder, 'runs.db');
const store = fileStore!(path);
// biome-ignore lint/suspicious/noExplicitAny: the runtime of another version, whose types aren't here
const runtime = createRuntime!({ store }) as any;
const done = await runtime.start(orders.order, ['book'], { id: 'done' });
await done.signal('paid', 'in cash');
await done.result();
await runtime.start(orders.order, ['pen'], { id: 'waiting' });
await runtime.start(orders.parcel, ['ink'], { id: 'signing' });
await runtime.start(orders.basket, [['cup', 'mug']], { id: 'basket' });
await runtime.start((orders.parts as unknown as { pack: never }).pack, ['lid'], { id: 'packing' });
const nightly = await runtime.schedule('nightly', { cron: '0 3 * * *' }, orders.nightly, []);
// All that is asked for is recorded by then.
await new Promise((resolve) => setTimeout(resolve, 1_000));
nightly.stop();
await runtime.close();
// biome-ignore lint/suspicious/noExplicitAny: as above
await (store as any).close();
writeFileSync(here('runs.db.gz'), gzipSync(readFileSync(path), { level: 9 }));
const token = (globalThis as { notes?: string[] }).notes?.find((note) => note.startsWith('token '));
writeFileSync(here('token.txt'), `${token?.slice(6)}\n`);
