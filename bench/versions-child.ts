/** Measures one version of the package in a process of its own: `versions-child.ts DIST KIND COUNT` prints one JSON text. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Measured } from './versions.ts';

type Package = typeof import('use-durable');
type Compiler = typeof import('use-durable/transformer');
type Programs = typeof import('./programs.ts');

const [dist = '', kind = '', count = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'use-durable-versions-'));
const load = async <M>(path: string): Promise<M> => (await import(pathToFileURL(join(dist, path)).href)) as M;

const source = readFileSync(new URL('programs.ts', import.meta.url), 'utf8');
const { transform } = await load<Compiler>('transformer/index.js');
const compiled = (): string => transform(source, { fileName: 'programs.ts' }).code;

/** The programs, compiled by that version, on its runtime. */
async function programs(): Promise<Programs> {
  const file = join(folder, 'programs.ts');
  const entry = (name: string): string =>
    JSON.stringify(pathToFileURL(join(dist, `runtime/${name}.js`)).href);
  const code = compiled()
    .replace(/(['"])use-durable\/compiled\1/g, entry('compiled'))
    .replace(/(['"])use-durable\1/g, entry('index'));
  writeFileSync(file, code);
  return (await import(pathToFileURL(file).href)) as Programs;
}

/** Steps of one run; several runs make up the count, since a journal is read and written as a whole. */
const PER_RUN = { memory: 20_000, file: 2_000, 'at once': 10_000 } as const;

async function steps(where: keyof typeof PER_RUN): Promise<() => Promise<void>> {
  const { createRuntime, fileStore, memoryStore } = await load<Package>('runtime/index.js');
  const { sequence, fanOut } = await programs();
  const runtime = createRuntime({
    store: where === 'file' ? fileStore(join(folder, 'runs.db')) : memoryStore(),
  });
  const run = async (): Promise<void> => {
    await (await runtime.start(where === 'at once' ? fanOut : sequence, [PER_RUN[where]])).result();
  };
  await run();
  return async () => {
    for (let done = 0; done < Number(count); done += PER_RUN[where]) await run();
  };
}

async function compiling(): Promise<() => Promise<void>> {
  for (let round = 0; round < 20; round++) compiled();
  return async () => {
    for (let round = 0; round < Number(count); round++) compiled();
  };
}

const work = kind === 'compile' ? await compiling() : await steps(kind as keyof typeof PER_RUN);
const before = process.cpuUsage();
const begun = performance.now();
await work();
const wall = performance.now() - begun;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 } satisfies Measured));
rmSync(folder, { recursive: true, force: true });
// What is measured is over; a version may keep its store open.
process.exit();
