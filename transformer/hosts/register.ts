/**
 * Compiles files as Node loads them: `node --import use-durable/register app.ts`. Node itself takes the types out.
 *
 * Modules that Node loads are handed over by its own hooks, so the order matters where another loader has some too: this
 * one is to come first.
 */
import { type LoadFnOutput, type LoadHookContext, registerHooks } from 'node:module';
import { formatDiagnostic } from '../base/reporter.ts';
import { compileText, SOURCES, withInlineMap } from './compile-text.ts';

// Errors and debuggers then point to the source.
process.setSourceMapsEnabled(true);
registerHooks({ load });

function load(
  url: string,
  context: LoadHookContext,
  nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
): LoadFnOutput {
  const loaded = nextLoad(url, context);
  if (!url.startsWith('file:') || !SOURCES.test(url) || loaded.source == null) return loaded;
  const source =
    typeof loaded.source === 'string'
      ? loaded.source
      : Buffer.from(loaded.source as Uint8Array).toString('utf8');
  const compiled = compileText(source, url);
  if (compiled === undefined) return loaded;
  for (const warning of compiled.warnings) console.warn(formatDiagnostic(warning, source));
  if (compiled.errors.length > 0)
    throw new SyntaxError(compiled.errors.map((error) => formatDiagnostic(error, source)).join('\n\n'));
  return { ...loaded, source: withInlineMap(compiled) };
}
