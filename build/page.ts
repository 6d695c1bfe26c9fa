import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'runtime/dashboard/page');

/** What is put into the file. */
const PACKAGES = ['preact', '@preact/signals', '@preact/signals-core'] as const;

/**
 * Builds the page of the dashboard: one file of JavaScript, one of CSS, and the licences of what is in them. It checks no
 * types, since `npm test` does.
 */
export async function bundlePage(dist: string): Promise<void> {
  const target = join(dist, 'runtime/dashboard/static');
  mkdirSync(target, { recursive: true });
  const { metafile } = await build({
    entryPoints: { page: join(source, 'main.tsx') },
    outdir: target,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    legalComments: 'none',
    banner: { js: `/*! Contains ${PACKAGES.join(', ')} (MIT), see licenses.txt. */` },
    metafile: true,
    logLevel: 'warning',
  });
  await build({
    entryPoints: [join(source, 'page.css')],
    outdir: target,
    minify: true,
    target: ['chrome111', 'firefox113', 'safari16.4'],
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) cpSync(join(source, file), join(target, file));

  const bundled = new Set(
    Object.keys(metafile.inputs).flatMap(
      (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    ),
  );
  const unnamed = [...bundled].filter((name) => !PACKAGES.some((known) => known === name));
  if (unnamed.length > 0) throw new Error(`${unnamed.join(', ')}: name it in PACKAGES, with its licence.`);
  const licenses = PACKAGES.map(
    (name) => `${name}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8').trim()}\n`,
  );
  writeFileSync(join(target, 'licenses.txt'), licenses.join('\n---\n\n'));
}
