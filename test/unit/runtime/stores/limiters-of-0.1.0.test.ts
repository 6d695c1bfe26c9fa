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
  const fileId = { package: '@shop/orders', path: 'src/limited.ts' };
  const source = read('limited.ts').toString();
  const { code, diagnostics } = transform(source, { fileName: 'src/limited.ts', fileId });
  expect(diagnostics).toEqual([]);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const file = `${FOLDER}limited.mjs`;
  writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
  await import(/* @vite-ignore */ pathToFileURL(file).href);
  notes();
  vi.spyOn(process, 'emitWarning').mockReturnValue();
  runtime = createRuntime({ store: fileStore(`${FOLDER}runs.db`) });
  await runtime.recover();
});
afterEach(async () => {
  await runtime.close({ store: true });
  vi.restoreAllMocks();
});

it.each([
  ['that waits between two rounds of a limiter', 'rounds', 23],
  ['that was interrupted in a limiter', 'closures', 34],
])('a run %s is blocked, with both lines, and nothing is called', async (_, id, line) => {
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
  const run = await runtime.rerun('closures', { id: 'again' });
  expect(await run.result()).toEqual([
    ['cup packed', 'cup sent'],
    ['mug packed', 'mug sent'],
    ['pan packed', 'pan sent'],
  ]);
});
