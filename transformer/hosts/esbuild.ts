/**
 * The plugin for esbuild.
 *
 *     import useDurable from 'use-durable/esbuild';
 *     await build({ plugins: [useDurable()], ... });
 */
import '../base/require-node.ts';
import { readFile } from 'node:fs/promises';
import { dirname, extname, relative } from 'node:path';
import type { Diagnostic } from '../base/diagnostics.ts';
import { compileText, messageOf, type PluginOptions, withInlineMap } from './compile-text.ts';

/** What esbuild knows of a plugin, as far as this one goes. */
export interface DurablePlugin {
  readonly name: 'use-durable';
  setup(build: PluginBuild): void;
}

interface PluginBuild {
  readonly initialOptions: { readonly loader?: Readonly<Record<string, string>> };
  onLoad(
    options: { readonly filter: RegExp; readonly namespace: 'file' },
    // Its type names each loader, so this is wider than what esbuild takes.
    callback: (args: { readonly path: string }) => Promise<LoadResult | undefined>,
  ): void;
}

interface LoadResult {
  contents?: string;
  // biome-ignore lint/suspicious/noExplicitAny: esbuild has a closed list of names here, of which a user's table may have any.
  loader?: any;
  resolveDir?: string;
  errors?: Message[];
  warnings?: Message[];
  watchFiles?: string[];
}

interface Message {
  text: string;
  location: { file: string; line: number; column: number; length: number; lineText: string };
}

const FILES = /\.[cm]?[jt]sx?$/;

/**
 * Makes the plugin. It stands before other plugins that load TypeScript or JavaScript: esbuild asks only the first that
 * answers.
 */
export default function useDurable({ lock }: PluginOptions = {}): DurablePlugin {
  return {
    name: 'use-durable',
    setup({ initialOptions, onLoad }) {
      onLoad({ filter: FILES, namespace: 'file' }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const compiled = compileText(source, path, { lock });
        if (compiled === undefined) return undefined;
        const message = (diagnostic: Diagnostic): Message => messageAt(diagnostic, path, source);
        const warnings = compiled.warnings.map(message);
        const watchFiles = compiled.lockFile === undefined ? [] : [compiled.lockFile];
        if (compiled.errors.length > 0) return { errors: compiled.errors.map(message), warnings, watchFiles };
        const loader = initialOptions.loader?.[extname(path)] ?? loaderOf(path);
        return { contents: withInlineMap(compiled), loader, resolveDir: dirname(path), warnings, watchFiles };
      });
    },
  };
}

/** As esbuild chooses by default. */
const loaderOf = (path: string): string => extname(path).replace(/^\.[cm]?/, '');

function messageAt(diagnostic: Diagnostic, path: string, source: string): Message {
  const { line, column, length } = diagnostic;
  const lineText = source.split(/\r?\n/)[line - 1] ?? '';
  const file = relative(process.cwd(), path);
  return {
    text: messageOf(diagnostic),
    // esbuild counts bytes.
    location: { file, line, column: Buffer.byteLength(lineText.slice(0, column - 1)), length, lineText },
  };
}
