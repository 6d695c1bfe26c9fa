/**
 * Compiles the folder `src` of its argument to `dist` as loaders do, file by file, by `compileFile`. That takes a fraction of
 * the time of `tspc`, which reads the declarations of all packages.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { compileFile, formatDiagnostic } from 'use-durable/transformer';

const folder = process.argv[2] ?? '.';
mkdirSync(join(folder, 'dist'));
for (const name of readdirSync(join(folder, 'src'))) {
  const path = join(folder, 'src', name);
  const source = readFileSync(path, 'utf8');
  const { code, diagnostics } = compileFile(source, path);
  for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic, source));
  if (diagnostics.length > 0) process.exitCode = 1;
  writeFileSync(join(folder, 'dist', name.replace(/\.ts$/, '.js')), stripTypeScriptTypes(code));
}
