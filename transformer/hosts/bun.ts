/**
 * The plugin for Bun: `bun --preload use-durable/bun app.ts` where Bun runs a program, and for builds
 *
 *     import useDurable from 'use-durable/bun';
 *     await Bun.build({ plugins: [useDurable()], ... });
 */
import '../base/require-node.ts';
import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { formatDiagnostic } from '../base/reporter.ts';
import { compileText, type PluginOptions, SOURCES, withInlineMap } from './compile-text.ts';

/** What Bun knows of a plugin, as far as this one goes. */
export interface DurablePlugin {
  readonly name: 'use-durable';
  setup(build: PluginBuild): void;
}

interface PluginBuild {
  /** Of `Bun.build` alone. */
  readonly config?: object;
  onLoad(
    options: { readonly filter: RegExp },
    callback: (args: { readonly path: string }) => LoadResult | undefined,
  ): void;
}

interface LoadResult {
  readonly contents: string;
  readonly loader: 'js' | 'jsx' | 'ts' | 'tsx';
}

/** Makes the plugin. */
export default function useDurable({ lock }: PluginOptions = {}): DurablePlugin {
  return {
    name: 'use-durable',
    setup(build) {
      const isBuild = build.config !== undefined;
      build.onLoad({ filter: isBuild ? SOURCES : filesAtRunTime() }, ({ path }) => load(path, isBuild, lock));
    },
  };
}

function load(path: string, isBuild: boolean, lock: PluginOptions['lock']): LoadResult | undefined {
  const source = readFileSync(path, 'utf8');
  const loader = extname(path).replace(/^\.[cm]?/, '') as LoadResult['loader'];
  const compiled = compileText(source, path, { lock });
  // Where Bun runs a program it wants an answer for each file that it asks for.
  if (compiled === undefined) return isBuild ? undefined : { contents: source, loader };
  for (const warning of compiled.warnings) console.warn(formatDiagnostic(warning, source));
  if (compiled.errors.length > 0)
    throw new SyntaxError(compiled.errors.map((error) => formatDiagnostic(error, source)).join('\n\n'));
  return { contents: withInlineMap(compiled), loader };
}

/**
 * Bun takes all that a plugin loads for ES modules, so files that may be CommonJS are left to it: installed ones, and `.js` in a
 * package without `"type": "module"`.
 */
const filesAtRunTime = (): RegExp =>
  isModulePackage(process.cwd())
    ? /^(?!.*[\\/]node_modules[\\/]).*\.(?:m?[jt]s|[jt]sx)$/
    : /^(?!.*[\\/]node_modules[\\/]).*\.(?:m?ts|mjs|tsx)$/;

function isModulePackage(folder: string): boolean {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    const above = dirname(folder);
    return above !== folder && isModulePackage(above);
  }
  return (JSON.parse(text) as { readonly type?: string }).type === 'module';
}

const { Bun } = globalThis as { readonly Bun?: { plugin(plugin: DurablePlugin): void } };
if (Bun === undefined)
  throw new Error(
    'use-durable/bun is for Bun, and this is Node. Run `node --import use-durable/register app.ts`. See use-durable/docs/routes.md#node',
  );
Bun.plugin(useDurable());
