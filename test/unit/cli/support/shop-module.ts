import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { transform } from '../../../../transformer/index.ts';

const FOLDER = fileURLToPath(new URL('../../../.tmp/', import.meta.url));

/** The module of a project, compiled and loaded in this process. */
export async function shopModule<T>(source: string, services: string): Promise<T> {
  const folder = mkdtempSync(join(FOLDER, 'shop-'));
  const compiled = (text: string): string =>
    ts.transpileModule(
      transform(text, { fileName: 'checkout.ts', fileId: { package: 'shop', path: 'src/checkout.ts' } }).code,
      {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      },
    ).outputText;
  writeFileSync(join(folder, 'services.mjs'), compiled(services));
  writeFileSync(join(folder, 'checkout.mjs'), compiled(source).replaceAll('./services.ts', './services.mjs'));
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'checkout.mjs')).href)) as T;
}
