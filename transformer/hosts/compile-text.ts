/** What the hosts share that hand over the text of one file at a time: bundlers, loaders, test runners. */
import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../base/diagnostics.ts';
import { concerned, fileOf } from '../base/given-file.ts';
import type { FileOptions } from '../compile-file.ts';
import type { CompiledText } from './compiled-text.ts';
import type { ResultCache } from './result-cache.ts';

export type { CompiledText };

/** The options of a plugin. */
export type PluginOptions = Pick<FileOptions, 'lock'>;

/** Files that may hold durable functions, by their path; what stands behind a `?` doesn't count. */
export const SOURCES = /\.[cm]?[jt]sx?(?:\?|$)/;

/**
 * Compiles a file for a host; undefined where nothing in it concerns this package. The compiler is loaded for the first file
 * that does.
 *
 * @param code as the host has it
 * @param path absolute or from the working directory, or a `file:` URL; what stands behind a `?` doesn't count
 * @throws TypeScriptMissingError if no TypeScript that it can use is installed
 */
export function compileText(code: string, path: string, options: FileOptions = {}): CompiledText | undefined {
  const given = concerned(code, path);
  if (given === undefined) return undefined;
  const cache = loadLater<Cache>('./result-cache').resultCache(given, code, options);
  const known = cache?.read();
  if (known !== undefined) return known ?? undefined;
  return compileNow(code, path, options, cache);
}

function compileNow(
  code: string,
  path: string,
  options: FileOptions,
  cache: ResultCache | undefined,
): CompiledText | undefined {
  const result = loadLater<Compiler>('../compile-file').compileFile(code, path, options);
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = result.diagnostics.filter(({ severity }) => severity !== 'error');
  const isNothing = result.map === null && result.diagnostics.length === 0;
  // Hosts look for the source from the folder of the file.
  const map = result.map && { ...result.map, sources: [basename(fileOf(path))] };
  const text = { code: result.code, map, errors, warnings, lockFile: result.lockFile };
  if (result.asksForFiles !== true) cache?.write(isNothing ? null : text);
  return isNothing ? undefined : text;
}

/** The message of a diagnostic, for hosts that show the place and the line themselves. */
export const messageOf = ({ code, message, hint, help }: Diagnostic): string =>
  [`${code}: ${message}`, ...(hint === '' ? [] : [hint]), `See ${help}`].join('\n');

/** The code with its map in it, for hosts that read maps there. */
export const withInlineMap = ({ code, map }: Pick<CompiledText, 'code' | 'map'>): string =>
  map === null
    ? code
    : `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;

type Compiler = typeof import('../compile-file.ts');
type Cache = typeof import('./result-cache.ts');

/** Some hosts don't wait, so it isn't imported. Tests run the sources, where files have another extension. */
function loadLater<Module>(file: string): Module {
  const own = fileURLToPath(import.meta.url);
  return createRequire(own)(`${file}${extname(own)}`) as Module;
}
