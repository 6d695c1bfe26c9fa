/** What hosts read of a tsconfig that strip types themselves. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type ts from 'typescript';
import { loadTypeScript } from '../base/typescript.ts';

const nearest = new Map<string, string | undefined>();

/** The tsconfig.json of a folder, or of the next one above that has one. */
export function tsconfigOf(folder: string): string | undefined {
  const known = nearest.get(folder);
  if (known !== undefined || nearest.has(folder)) return known;
  const file = join(folder, 'tsconfig.json');
  const above = dirname(folder);
  const found = read(file) !== undefined ? file : above === folder ? undefined : tsconfigOf(above);
  nearest.set(folder, found);
  return found;
}

const optionsOfFile = new Map<string, ts.CompilerOptions>();

/** The compiler options of a configuration, with those that it extends. Mistakes in it are left to the tools that check types. */
export function optionsOf(file: string): ts.CompilerOptions {
  const known = optionsOfFile.get(file);
  if (known !== undefined) return known;
  const ts = loadTypeScript();
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { readonly config?: unknown };
  // Which files there are doesn't matter here, and looking for them takes long.
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(file), undefined, file);
  optionsOfFile.set(file, options);
  return options;
}

/** The texts of a configuration and of those that it extends, for keys of caches. It loads no TypeScript. */
export function textsOf(file: string, seen = new Set<string>()): string[] {
  const text = seen.has(file) ? undefined : read(file);
  if (text === undefined) return [];
  seen.add(file);
  const value = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1] ?? '';
  const bases = [...value.matchAll(/"([^"]+)"/g)].map(([, name = '']) => baseOf(name, file));
  return [text, ...bases.flatMap((base) => (base === undefined ? [] : textsOf(base, seen)))];
}

function baseOf(name: string, file: string): string | undefined {
  if (/^\.{0,2}[\\/]/.test(name)) {
    const path = resolve(dirname(file), name);
    return read(path) === undefined ? `${path}.json` : path;
  }
  for (const request of [name, `${name}/tsconfig.json`, `${name}.json`]) {
    try {
      return createRequire(file).resolve(request);
    } catch {
      // Packages may mean a file, a folder, or a name without extension.
    }
  }
  return undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
