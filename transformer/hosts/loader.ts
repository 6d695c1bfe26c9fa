/** The loader for webpack and Rspack, and for Turbopack: `use-durable/loader`. It comes before all others. */
import '../base/require-node.ts';
import { relative } from 'node:path';
import { mayHoldDirective } from '../base/may-concern.ts';
import { formatDiagnostic } from '../base/reporter.ts';
import type { SourceMapV3 } from '../compile.ts';
import { compileText, type PluginOptions } from './compile-text.ts';

/** What a loader is called on, as far as this one goes. */
interface LoaderContext {
  readonly resourcePath: string;
  callback(error: Error | null, code?: string, map?: SourceMapV3 | string | object): void;
  emitWarning?(warning: Error): void;
  addDependency?(path: string): void;
  getOptions?(): LoaderOptions;
}

export interface LoaderOptions extends PluginOptions {
  /** Where the code is to run: there is no Node in the edge runtime of Next. */
  readonly runtime?: 'edge' | undefined;
}

/** @param inputMap of a loader that had the file before */
export default function useDurable(this: LoaderContext, source: string, inputMap?: string | object): void {
  try {
    const { lock, runtime } = this.getOptions?.() ?? {};
    const compiled = compileText(source, this.resourcePath, { lock });
    if (compiled === undefined) {
      this.callback(null, source, inputMap);
      return;
    }
    if (compiled.lockFile !== undefined) this.addDependency?.(compiled.lockFile);
    for (const warning of compiled.warnings) this.emitWarning?.(refused(formatDiagnostic(warning, source)));
    if (compiled.errors.length > 0) {
      const texts = compiled.errors.map((error) => formatDiagnostic(error, source));
      this.callback(refused(texts.join('\n\n')));
      return;
    }
    if (runtime === 'edge' && mayHoldDirective(source)) {
      this.callback(refused(edgeText(this.resourcePath, source)));
      return;
    }
    if (compiled.map === null) this.callback(null, compiled.code, inputMap);
    // These bundlers know a source by its whole path.
    else this.callback(null, compiled.code, { ...compiled.map, sources: [this.resourcePath] });
  } catch (error) {
    this.callback(error as Error);
  }
}

/** The runtime imports modules of Node that aren't there, so all that Next would say is that it can't find them. */
function edgeText(path: string, source: string): string {
  const line = source.split('\n').findIndex(mayHoldDirective) + 1;
  const file = relative(process.cwd(), path).replaceAll('\\', '/');
  return (
    `${file}:${line} - This durable function is imported by code for the edge runtime, which has no Node and can't run it. ` +
    "Remove `export const runtime = 'edge'` from the route or page that imports it. In instrumentation.ts, import it in " +
    "`if (process.env.NEXT_RUNTIME === 'nodejs') { ... }`. See use-durable/docs/routes.md#next"
  );
}

/**
 * Bundlers print the stack, which is that of the bundler: the message is all there is to see. It is an error of no class of its own:
 * caches can't keep those.
 */
function refused(text: string): Error {
  const error = new Error(text);
  error.name = 'use-durable';
  error.stack = `${error.name}: ${text}`;
  return error;
}
