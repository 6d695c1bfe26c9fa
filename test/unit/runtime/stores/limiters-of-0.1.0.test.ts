import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import ts from 'typescript';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRuntime, fileStore, NonDeterminismError, type Runtime } from '../../../../runtime/index.ts';
import { transform } from '../../../../transformer/index.ts';

/**
 * Runs that 0.1.0 left inside of a limiter; `journals-of-0.1.0/make-limited.ts` made them. Each call of a limiter was one step
 * then, and now the steps are what its closure calls, so such journals don't fit.
 */

const FOLDER = fileURLToPath(new URL('../../../.tmp/limiters-of-0.1.0/', import.meta.url));
const read = (name: string): Buffer => readFileSync(new URL(`journals-of-0.1.0/${name}`, import.meta.url));
const notes = (): string[] => (globalThis as { notes?: string[] }).notes?.splice(0) ?? [];

let runtime: Runtime;

beforeEach(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}runs.db`, gunzipSync(read('limited.db.gz')));
  vi.spyOn(process, 'emitWarning').mockReturnValue();
});
afterEach(async () => {
  await runtime.close({ store: true });
  vi.restoreAllMocks();
});

/** Loads the functions, and takes up their runs. */
async function recover(name: string, change = (source: string): string => source): Promise<void> {
  const fileId = { package: '@shop/orders', path: 'src/limited.ts' };
  const source = change(read('limited.ts').toString());
  const { code, diagnostics } = transform(source, { fileName: 'src/limited.ts', fileId });
  expect(diagnostics).toEqual([]);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const file = `${FOLDER}${name}.mjs`;
  writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
  await import(/* @vite-ignore */ pathToFileURL(file).href);
  notes();
  runtime = createRuntime({ store: fileStore(`${FOLDER}runs.db`) });
  await runtime.recover();
}

it.each([
  ['that waits between two rounds of a limiter', 'rounds', 23],
  ['that was interrupted in a limiter', 'closures', 34],
])('a run %s is blocked, with both lines, and nothing is called', async (_, id, line) => {
  await recover('within');
  const run = await runtime.get(id);
  const before = await run?.events();
  const error = await run?.result().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NonDeterminismError);
  expect((error as Error).message).toContain(
    `recorded: event 1 is the outcome of step "items.map/limit" (src/limited.ts:${line}:`,
  );
  expect((error as Error).message).toContain('the code: asks for step "items.map/limit/act"');
  expect(await run?.status()).toBe('blocked');
  expect(await run?.events()).toEqual(before);
  expect(notes()).toEqual([]);
});

it('a run that was blocked so is run again with the same arguments', async () => {
  await recover('within');
  const run = await runtime.rerun('closures', { id: 'again' });
  expect(await run.result()).toEqual([
    ['cup packed', 'cup sent'],
    ['mug packed', 'mug sent'],
    ['pan packed', 'pan sent'],
  ]);
});

/** As CHANGELOG.md and docs/deployment.md say: then each call of the limiter is one step, as it was. */
const outside = (source: string): string =>
  source
    .replaceAll(/ {2}const limit = pLimit\(\d\);\n/g, '')
    .replace('interface World', 'const limit = pLimit(1);\ninterface World');

it('such runs go on where the limiter is made outside of the function', async () => {
  await recover('outside', outside);
  const rounds = await runtime.get('rounds');
  await rounds!.signal('released', 'yes');
  expect(await rounds!.result()).toEqual([
    ['cup packed', 'pot packed', 'pan packed'],
    'yes',
    ['cup sent', 'pot sent', 'pan sent'],
  ]);
  const closures = await runtime.get('closures');
  expect(await closures!.result()).toEqual([
    ['cup packed', 'cup sent'],
    ['mug packed', 'mug sent'],
    ['pan packed', 'pan sent'],
  ]);
  const called = notes();
  expect(called.filter((note) => note.startsWith('packed')).sort(), 'what is recorded is not called').toEqual(
    ['packed mug', 'packed pan'],
  );
});
