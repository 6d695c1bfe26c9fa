/**
 * The plugin for Rollup, Rolldown and Vite, and for what is built on them: Vitest, tsdown, Astro, SvelteKit, Nuxt, Nitro.
 *
 *     import useDurable from 'use-durable/vite';
 *     export default defineConfig({ plugins: [useDurable()] });
 */
import '../base/require-node.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import type { SourceMapV3 } from '../compile.ts';
import { compileText, messageOf, type PluginOptions, SOURCES } from './compile-text.ts';

/** What these bundlers know of a plugin, as far as this one goes. Their own types are not needed for it. */
export interface DurablePlugin {
  readonly name: 'use-durable';
  /** Vite: before what strips types. */
  readonly enforce: 'pre';
  readonly transform: {
    /** Rollup: before all other plugins. */
    readonly order: 'pre';
    readonly filter: { readonly id: RegExp };
    readonly handler: (
      this: TransformContext,
      code: string,
      id: string,
    ) => { code: string; map: SourceMapV3 | null } | undefined;
  };
}

interface TransformContext {
  error(error: Reported): never;
  warn(warning: Reported): void;
  addWatchFile?(path: string): void;
}

interface Reported {
  readonly message: string;
  readonly id: string;
  /** The column begins with 0. */
  readonly loc: { readonly file: string; readonly line: number; readonly column: number };
  readonly pluginCode: string;
}

/** Makes the plugin. It stops the build at an error in a file with durable functions, with its place. */
export default function useDurable({ lock }: PluginOptions = {}): DurablePlugin {
  return {
    name: 'use-durable',
    enforce: 'pre',
    transform: {
      order: 'pre',
      filter: { id: SOURCES },
      handler(code, id) {
        // Bundlers that know no filters call this with everything.
        if (!SOURCES.test(id)) return undefined;
        const compiled = compileText(code, id, { coverage: isVitest(), lock });
        if (compiled === undefined) return undefined;
        if (compiled.lockFile !== undefined) this.addWatchFile?.(compiled.lockFile);
        for (const warning of compiled.warnings) this.warn(reported(warning, id));
        // The first one stops the build, so it names the others.
        const [first, ...others] = compiled.errors;
        if (first !== undefined) this.error(reported(first, id, others));
        return { code: compiled.code, map: compiled.map };
      },
    },
  };
}

const isVitest = (): boolean => process.env.VITEST !== undefined;

function reported(diagnostic: Diagnostic, id: string, others: readonly Diagnostic[] = []): Reported {
  const { code, line, column } = diagnostic;
  const more = others.map((other) => `\nAlso at ${other.line}:${other.column}: ${messageOf(other)}`);
  return {
    message: messageOf(diagnostic) + more.join(''),
    id,
    loc: { file: id, line, column: column - 1 },
    pluginCode: code,
  };
}
