/** Installed copies of this package. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Finding } from '../base/finding.ts';
import { lineAt } from '../edit/edits.ts';
import { readText } from '../project/files.ts';
import { installCommand, type Project } from '../project/project.ts';

const NAME = 'use-durable';

/** Two copies of one version work together, and each is loaded; two versions can't go on with each other's runs. */
export function copiesOf({ folder, packages }: Project): readonly Finding[] {
  const copies = new Map<string, string>();
  for (const one of packages)
    for (const path of copiesBelow(join(folder, one.folder, 'node_modules')))
      copies.set(realpathSync(path), versionOf(path));
  if (copies.size < 2) return [];
  const [{ text } = { text: '' }] = packages;
  const at = text.search(/"use-durable"\s*:/);
  const list = [...copies].map(
    ([path, version]) => `${version} in ${relative(folder, path).replaceAll('\\', '/')}`,
  );
  const isMixed = new Set(copies.values()).size > 1;
  return [
    {
      file: 'package.json',
      line: at === -1 ? 1 : lineAt(text, at),
      code: 'two-copies',
      severity: isMixed ? 'error' : 'warning',
      message: isMixed
        ? `Several versions of use-durable are installed: ${list.join(', ')}. One of them can't resume the runs of another.`
        : `use-durable is installed ${copies.size} times: ${list.join(', ')}. The copies work together, but each is loaded.`,
      change: installCommand(folder, [`${NAME}@latest`], 'prod'),
    },
  ];
}

/** In a folder of installed packages, and in those of the packages in it. */
function copiesBelow(modules: string): readonly string[] {
  const own = join(modules, NAME);
  const found = existsSync(join(own, 'package.json')) ? [own] : [];
  for (const name of namesIn(modules)) {
    const inner = join(modules, name, 'node_modules');
    if (name !== NAME && existsSync(inner)) found.push(...copiesBelow(inner));
  }
  return found;
}

function namesIn(modules: string): readonly string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    // A link is a package of the workspace, or has its place elsewhere in the folder.
    if (!entry.isDirectory()) return [];
    if (entry.name.startsWith('@'))
      return readdirSync(join(modules, entry.name)).map((name) => `${entry.name}/${name}`);
    // pnpm: all packages in folders of their own.
    if (entry.name === '.pnpm') return readdirSync(join(modules, entry.name)).map((name) => `.pnpm/${name}`);
    return entry.name.startsWith('.') ? [] : [entry.name];
  });
}

function versionOf(path: string): string {
  const text = readText(join(path, 'package.json')) ?? '{}';
  return (JSON.parse(text) as { readonly version?: string }).version ?? 'unknown version';
}
