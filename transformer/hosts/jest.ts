/**
 * The transformer for Jest, which strips types as well:
 *
 *     { "extensionsToTreatAsEsm": [".ts"], "transform": { "\\.[cm]?[jt]sx?$": "use-durable/jest" } }
 */
import '../base/require-node.ts';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript';
import { placeOf, realDisk } from '../base/file-id.ts';
import { LOCK_FILE } from '../base/locked.ts';
import { mayConcern } from '../base/may-concern.ts';
import { formatDiagnostic } from '../base/reporter.ts';
import { loadTypeScript } from '../base/typescript.ts';
import type { SourceMapV3 } from '../compile.ts';
import { compileText, withInlineMap } from './compile-text.ts';
import { composed } from './source-maps.ts';
import { optionsOf, textsOf, tsconfigOf } from './tsconfig.ts';

/** What Jest says of a file, as far as this goes. */
interface JestOptions {
  readonly configString: string;
  readonly instrument: boolean;
  /** Whether Jest loads the file as an ES module. */
  readonly supportsStaticESM: boolean;
}

interface Transformed {
  code: string;
  map: SourceMapV3 | null;
}

const { version } = createRequire(import.meta.url)('use-durable/package.json') as {
  readonly version: string;
};

function process(source: string, path: string, { supportsStaticESM }: JestOptions): Transformed {
  // Whether coverage is counted isn't known for V8, and the marks cost nothing.
  const compiled = compileText(source, path, { coverage: true });
  if (compiled !== undefined) {
    for (const warning of compiled.warnings) console.warn(formatDiagnostic(warning, source));
    if (compiled.errors.length > 0)
      throw new RefusedError(compiled.errors.map((error) => formatDiagnostic(error, source)).join('\n\n'));
    if (compiled.map !== null && !supportsStaticESM) throw new RefusedError(asCommonJS(path));
  }
  const { code, map } = compiled ?? { code: source, map: null };
  if (!TYPED.test(path)) return { code: withInlineMap({ code, map }), map };
  const stripped = strip(code, path, supportsStaticESM);
  const whole = map === null ? stripped.map : composed(map, stripped.map);
  // Jest takes the map; what counts coverage there looks for one in the code.
  return { code: withInlineMap({ code: stripped.code, map: whole }), map: whole };
}

/** What Jest's own loader can't take as it is. */
const TYPED = /\.(?:[cm]?ts|[jt]sx)$/;

function strip(
  code: string,
  path: string,
  asModule: boolean,
): { readonly code: string; readonly map: SourceMapV3 } {
  const ts = loadTypeScript();
  const config = tsconfigOf(dirname(path));
  const { outputText, sourceMapText = '' } = ts.transpileModule(code, {
    fileName: path,
    compilerOptions: { ...(config === undefined ? {} : optionsOf(config)), ...forJest(ts, asModule) },
  });
  const map = JSON.parse(sourceMapText) as SourceMapV3;
  return {
    code: outputText.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'),
    map: { ...map, sources: [path], sourcesContent: [code] },
  };
}

const forJest = (typescript: typeof ts, asModule: boolean): ts.CompilerOptions => ({
  module: asModule ? typescript.ModuleKind.ESNext : typescript.ModuleKind.CommonJS,
  moduleResolution: typescript.ModuleResolutionKind.Bundler,
  ...(asModule ? {} : { verbatimModuleSyntax: false }),
  // Jest resolves the names of sources.
  rewriteRelativeImportExtensions: false,
  sourceMap: true,
  inlineSourceMap: false,
  inlineSources: false,
  // Marks for coverage are comments.
  removeComments: false,
  plugins: [],
});

/** All that the result depends on. */
function getCacheKey(source: string, path: string, options: JestOptions): string {
  const config = tsconfigOf(dirname(path));
  const { configString, instrument, supportsStaticESM } = options;
  return createHash('sha256')
    .update(
      JSON.stringify([
        version,
        source,
        path,
        mayConcern(source) ? packageOf(path) : undefined,
        [configString, instrument, supportsStaticESM],
        config === undefined ? [] : textsOf(config),
      ]),
    )
    .digest('hex')
    .slice(0, 32);
}

/** The name of a file in ids, and the lock of its package. */
function packageOf(path: string): readonly unknown[] {
  const place = placeOf(path);
  return [place?.id, place && realDisk.readFile(join(place.folder, LOCK_FILE))];
}

const asCommonJS = (path: string): string =>
  `${relative(globalThis.process.cwd(), path).replaceAll('\\', '/')} has durable functions, and Jest loads it as CommonJS, which the ` +
  "ES modules of use-durable can't be part of. Start Jest with `node --experimental-vm-modules node_modules/jest/bin/jest.js`, and add " +
  '"extensionsToTreatAsEsm": [".ts"] to its configuration and "type": "module" to package.json. See use-durable/docs/routes.md#jest';

/** Jest prints the stack, which is that of its own loader: the message is all there is to see. */
class RefusedError extends Error {
  override name = 'use-durable';

  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }
}

export default {
  process,
  processAsync: (source: string, path: string, options: JestOptions): Promise<Transformed> =>
    Promise.resolve().then(() => process(source, path, options)),
  getCacheKey,
};
