import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { emitThroughText } from '../../../../support/fixtures.ts';

/** Evaluates a module, which the one that imports this is not transformed for. */
export const evaluate = async <M>(url: string): Promise<M> => (await import(/* @vite-ignore */ url)) as M;

/** Where a program of this folder is written when it is compiled; each test has its own. */
export const fileOf = (name: string, test: string): string =>
  fileURLToPath(new URL(`../../../../.tmp/programs/${test}-${name}.mjs`, import.meta.url));

/** A program of this folder, compiled. */
export async function compiled<M>(name: string, test: string): Promise<M> {
  const folder = fileURLToPath(new URL('../../../../.tmp/programs/', import.meta.url));
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const source = readFileSync(path, 'utf8').replaceAll(
    "'./outside.ts'",
    "'../../unit/runtime/testing/programs/outside.ts'",
  );
  const file = fileOf(name, test);
  writeFileSync(file, emitThroughText({ name, file: `${name}.ts`, folder, source }));
  return evaluate(pathToFileURL(file).href);
}
