/**
 * Programs that tests start as processes, in a few files. From the sources, each process would read some hundred files and strip their
 * types, which takes longer than what most of them do.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles files of the repository, from the sources, with all that they import from it. What several of them import, they share.
 *
 * @param name of the bundle; test files that ask for the same one must want the same files
 * @param files by the names that they get, without extension
 * @returns the folder of the files, which have the extension `.mjs`
 */
export function bundle(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, 'test/.tmp/bundles', name);
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: { ...files },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    packages: 'external',
    keepNames: true,
    logLevel: 'error',
    write: false,
  });
  for (const { path, contents } of outputFiles) {
    // Several test files may do this at once: none of them may start half a file.
    const part = `${path}.${process.pid}`;
    writeFileSync(part, contents);
    renameSync(part, path);
  }
  return folder;
}

const scripts = new Map<string, string>();

/** A script in one file, bundled once in a process. */
export function script(url: URL): string {
  const path = fileURLToPath(url);
  const name = basename(path, '.ts');
  const known = scripts.get(path) ?? join(bundle(name, { [name]: path }), `${name}.mjs`);
  scripts.set(path, known);
  return known;
}
