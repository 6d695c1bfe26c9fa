/**
 * Compiles files as Node loads them: `node --import use-durable/register app.ts`. Node itself takes the types out.
 *
 * Modules that Node loads are handed over by its own hooks, so the order matters where another loader has some too: this
 * one is to come first.
 */
import '../base/require-node.ts';
import nodeModule, { type LoadFnOutput, type LoadHookContext } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../base/diagnostics.ts';
import { concerned } from '../base/given-file.ts';
import { mayHoldDirective } from '../base/may-concern.ts';
import { formatDiagnostic } from '../base/reporter.ts';
import { type CompiledText, compileText, SOURCES, withInlineMap } from './compile-text.ts';

if (process.versions.bun !== undefined)
  throw new Error(
    'use-durable/register is for Node. For Bun it is: bun --preload use-durable/bun app.ts. See use-durable/docs/routes.md#bun',
  );
if (typeof nodeModule.registerHooks !== 'function')
  throw new Error(
    `use-durable/register needs Node 22.15 or later, and this is Node ${process.versions.node}.`,
  );

// Errors and debuggers then point to the source.
process.setSourceMapsEnabled(true);
nodeModule.registerHooks({ load });
watchCommonJS();

let isOrderTold = false;

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
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  checkOrder(compiled, source, path, loaded.format === 'commonjs');
  for (const warning of compiled.warnings) console.warn(formatDiagnostic(warning, source));
  if (compiled.errors.length > 0) throw new SyntaxError(textOf(compiled.errors, source));
  return { ...loaded, source: withInlineMap(compiled) };
}

const textOf = (errors: readonly Diagnostic[], source: string): string =>
  errors.map((error) => formatDiagnostic(error, source)).join('\n\n');

/** Another loader that had the file first has made other functions of it, or at least other lines. */
function checkOrder({ errors, map }: CompiledText, source: string, path: string, isCommonJS: boolean): void {
  if (errors.some(({ code }) => code === COMPILED_BEFORE)) throw new Error(lateText(path, isCommonJS));
  if (isOrderTold || map === null || concerned(source, path)?.written === undefined) return;
  isOrderTold = true;
  process.emitWarning(
    `Another loader has processed ${shown(path)} before use-durable, so stacks and breakpoints show lines of its output. ${FIRST}`,
    { code: 'USE_DURABLE_ORDER' },
  );
}

const COMPILED_BEFORE = 'UD1013';
const FIRST =
  'Name use-durable first: `node --import use-durable/tsx app.ts` for tsx, `node --import use-durable/register --import ' +
  'other app.ts` for others. See use-durable/docs/routes.md#tsx';

const lateText = (path: string, isCommonJS: boolean): string =>
  isCommonJS
    ? `${shown(path)} is a CommonJS module that another loader reads and converts itself, as tsx does, so use-durable can't ` +
      'compile its durable functions. Add "type": "module" to the package.json beside it (and rename .cts to .ts), or build it ' +
      'with the plugin use-durable/esbuild. See use-durable/docs/routes.md#tsx'
    : `Another loader has processed ${shown(path)} before use-durable, and its functions and steps have other names now. ${FIRST}`;

const shown = (path: string): string => relative(process.cwd(), path).replaceAll('\\', '/');

/**
 * Loaders such as tsx load CommonJS by handlers of their own, which read the file and go around all hooks. What they hand to
 * Node is looked at, so that no durable function runs as plain code.
 */
function watchCommonJS(): void {
  const prototype = nodeModule.prototype as unknown as { _compile: Compile };
  const original = prototype._compile;
  prototype._compile = function (content, path, ...rest) {
    if (typeof content === 'string' && mayHoldDirective(content)) {
      const compiled = compileText(content, path);
      // Code that is compiled already stays as it is.
      if (compiled !== undefined && (compiled.map !== null || compiled.errors.length > 0))
        throw new Error(lateText(path, true));
    }
    return original.call(this, content, path, ...rest);
  };
}

type Compile = (this: unknown, content: unknown, path: string, ...rest: unknown[]) => unknown;
