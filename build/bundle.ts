import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** All paths are relative to the folder of the build. The core is in this folder, since modules look for others from there. */
const CORE = 'transformer/hosts/core.js';
/** Whatever imports this is for files that concern the compiler. */
const ANALYSIS = 'transformer/analyze.js';
/** Hosts load these by their paths, when a file concerns the compiler. */
const LOADED_LATER = ['compile-file.js', 'hosts/lint-text.js', 'hosts/result-cache.js'].map(
  (path) => `transformer/${path}`,
);
/** There must be one of it: it remembers which TypeScript is loaded, and others ask for its class of errors. */
const SINGLE = 'transformer/base/typescript.js';
/** The command line tool asks this before it loads anything else. */
const ASKED_FIRST = 'transformer/base/supported-node.js';

/**
 * Bundles the modules of the compiler after `tsc` has written them: one file loads several times as fast as two hundred.
 *
 * - An entry that hosts load for every file has what it imports in it.
 * - All other modules are in the core. Entries among them, and those that the command line tool imports, stay at their places as
 *   re-exports.
 *
 * Declarations stay as they are.
 *
 * @param dist the folder that `tsc` has written, absolute
 */
export async function bundleCompiler(dist: string): Promise<void> {
  const entries = [...entriesOf(join(dist, '../package.json')), ...LOADED_LATER];
  const imports = await importsOf(dist, [...entries, 'cli/main.js']);
  const light = entries.filter((entry) => !reachedFrom(entry, imports).has(ANALYSIS));
  const stay = new Set([...light, SINGLE]);
  const fromOutside = [...imports].flatMap(([module, paths]) =>
    module.startsWith('transformer/') ? [] : [...paths.keys()],
  );
  const exposed = [...new Set([...entries, ...fromOutside])].filter(
    (module) => module.startsWith('transformer/') && !stay.has(module) && module !== ASKED_FIRST,
  );
  const define = { COMPILER_BUILD: JSON.stringify(hashOfCompiler(dist)) };
  const texts = await bundle({ dist, stay, define }, await exportsOf(dist, exposed));
  for (const module of globSync('transformer/**/*.js', { cwd: dist }))
    if (module !== ASKED_FIRST) rmSync(join(dist, module));
  for (const [module, text] of texts) writeFileSync(join(dist, module), text);
}

/** Identifies the code of the compiler: results that it has made are kept by this. */
function hashOfCompiler(dist: string): string {
  const hash = createHash('sha256');
  for (const module of globSync('transformer/**/*.js', { cwd: dist }).sort())
    hash.update(readFileSync(join(dist, module)));
  return hash.digest('base64url').slice(0, 16);
}

/** The files of the compiler that `package.json` exports. */
function entriesOf(manifest: string): string[] {
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  const files = Object.values(exports).map((to) => (typeof to === 'string' ? to : to.default));
  return [...new Set(files)]
    .filter((file) => file.startsWith('./dist/transformer/'))
    .map((file) => file.slice('./dist/'.length));
}

const OPTIONS = {
  outdir: '.',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  packages: 'external',
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** By module: what it imports, without packages, and whether that is loaded with it. */
type Imports = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

async function importsOf(dist: string, entryPoints: string[]): Promise<Imports> {
  const { metafile } = await build({ ...OPTIONS, absWorkingDir: dist, entryPoints, splitting: true });
  return new Map(
    Object.entries(metafile.inputs).map(([module, { imports }]) => [
      module,
      new Map(
        imports
          .filter(({ external }) => external !== true)
          .map(({ path, kind }) => [path, kind === 'import-statement']),
      ),
    ]),
  );
}

/** A module, and all that are loaded with it. */
function reachedFrom(module: string, imports: Imports): ReadonlySet<string> {
  const reached = new Set([module]);
  for (const at of reached)
    for (const [path, isAtOnce] of imports.get(at) ?? []) if (isAtOnce) reached.add(path);
  return reached;
}

/** The names that modules export. */
async function exportsOf(
  dist: string,
  entryPoints: string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({ ...OPTIONS, absWorkingDir: dist, entryPoints });
  return new Map(
    Object.values(metafile.outputs).map(({ entryPoint, exports }) => [entryPoint ?? '', exports]),
  );
}

interface Given {
  readonly dist: string;
  /** Modules that are not in the core. */
  readonly stay: ReadonlySet<string>;
  /** What stands for names that no module declares. */
  readonly define: Readonly<Record<string, string>>;
}

/**
 * @param exposed the exports of modules in the core
 * @returns the texts of all files
 */
async function bundle(
  given: Given,
  exposed: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const module of given.stay) texts.set(module, await bundled(given, module, { entryPoints: [module] }));
  const lines = [...exposed].map(([module, names]) => {
    const list = names.map((name) => `${name} as ${nameInCore(module, name)}`);
    return `export { ${list.join(', ')} } from './${module}';`;
  });
  const stdin = { contents: lines.join('\n'), resolveDir: given.dist };
  texts.set(CORE, await bundled(given, CORE, { stdin }));
  for (const [module, names] of exposed) {
    const list = names.map((name) => `${nameInCore(module, name)} as ${name}`);
    texts.set(module, `export { ${list.join(', ')} } from '${pathFrom(module, CORE)}';\n`);
  }
  return texts;
}

/** An export in the core, where those of several modules are together. */
const nameInCore = (module: string, name: string): string => `${module.replace(/\W/g, '_')}_${name}`;

/** One file, which imports those that stay. */
async function bundled(
  { dist, stay, define }: Given,
  output: string,
  from: Pick<BuildOptions, 'entryPoints' | 'stdin'>,
): Promise<string> {
  const others: Plugin = {
    name: 'others',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point') return undefined;
        const module = relative(dist, join(resolveDir, path)).replaceAll('\\', '/');
        return stay.has(module) ? { path: pathFrom(output, module), external: true } : undefined;
      });
    },
  };
  const { outputFiles } = await build({
    ...OPTIONS,
    absWorkingDir: dist,
    plugins: [others],
    define: { ...define },
    ...from,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${output}.`);
  return file.text;
}

/** A module as another one imports it. */
function pathFrom(module: string, to: string): string {
  const path = posix.relative(dirname(module), to);
  return path.startsWith('.') ? path : `./${path}`;
}
