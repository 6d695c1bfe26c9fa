import { globSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * Removes the declarations that no entry of the package leads to: nobody can import what they describe.
 *
 * @param dist the folder that `tsc` has written, absolute
 */
export function removeUnreachedDeclarations(dist: string): void {
  const all = new Set(globSync('**/*.d.ts', { cwd: dist }).map((file) => file.replaceAll('\\', '/')));
  const reached = new Set(entriesOf(join(dist, '../package.json')));
  // An example in a comment may import what isn't there.
  for (const file of reached)
    for (const other of importedBy(dist, file)) if (all.has(other)) reached.add(other);
  for (const file of all) if (!reached.has(file)) rmSync(join(dist, file));
}

function entriesOf(manifest: string): string[] {
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.values(exports).flatMap((to) =>
    typeof to === 'string' ? [] : [to.types.slice('./dist/'.length)],
  );
}

/** `from './x.ts'`, `import './x.ts'`, `import('./x.ts').Name`: `tsc` leaves the endings of declarations as they are. */
const SPECIFIER = /(?:from|import)\s*\(?\s*["'](\.[^"']+)\.[jt]s["']/g;

function importedBy(dist: string, file: string): readonly string[] {
  const text = readFileSync(join(dist, file), 'utf8');
  return [...text.matchAll(SPECIFIER)].map(([, path]) => `${posix.join(posix.dirname(file), path!)}.d.ts`);
}
