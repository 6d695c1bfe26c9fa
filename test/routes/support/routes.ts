/** The ways to build and run the corpus. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BUN, type Ended, type Project, well } from './project.ts';

/** What the corpus prints, by any route. */
export const RESULTS = [
  'order "r-book,r-pen 40 1970-01-01T00:00:00.000Z"',
  'pay {"id":60,"at":"1970-01-01T00:00:00.000Z"}',
  'report 12',
  'newsletter "ann+ben"',
  'greet "hello you"',
  'farewell "bye cid"',
];

export interface Route {
  readonly name: string;
  /** What runs the build; default Node. */
  readonly command?: string;
  /** By how much its stacks have other columns than Node's: Bun names what stands behind `new`. */
  readonly columns?: number;
  /** Makes the folder with the corpus; by default below the install of these tests. */
  readonly project?: (path: string) => Project;
  /** Builds the corpus in its folder; returns the arguments of the command. */
  build(project: Project): readonly string[];
}

/** A build by a script in the folder of the project, which is written here for all to see. */
export const scripted = (name: string, main: string, script: string): Route => ({
  name,
  build(project) {
    project.write('build.mjs', script);
    well(project.node(['build.mjs']));
    return [main];
  },
});

const NOT_BUNDLED = `const external = /^(node:|use-durable)/;`;

const vite = (minify: boolean): string => `
import { build } from 'vite';
import useDurable from 'use-durable/vite';
${NOT_BUNDLED}
await build({
  logLevel: 'warn',
  plugins: [useDurable()],
  build: { ssr: 'src/main.ts', outDir: 'out', minify: ${minify}, sourcemap: true, rolldownOptions: { external } },
});`;

/**
 * @param plugin the module and the call of what takes the types out
 * @param more plugins that are added
 */
export const rollup = (module: string, plugin: string, more = ''): string => `
import { rollup } from 'rollup';
${module}
import useDurable from 'use-durable/rollup';
${NOT_BUNDLED}
const types = ${plugin};
const bundle = await rollup({ input: 'src/main.ts', external, plugins: [types, useDurable()${more}] });
await bundle.write({ dir: 'out', sourcemap: true });`;

const TYPESCRIPT_PLUGIN = [
  `import typescript from '@rollup/plugin-typescript';`,
  `typescript({ outDir: 'out', module: 'esnext', moduleResolution: 'bundler', sourceMap: true, plugins: undefined })`,
] as const;

/** Rollup has no minifier of its own. */
const MINIFY = `,
{
  name: 'minify',
  async renderChunk(code) {
    const { transform } = await import('esbuild');
    return transform(code, { minify: true, sourcemap: true });
  },
}`;

const rolldown = (minify: boolean): string => `
import { rolldown } from 'rolldown';
import useDurable from 'use-durable/rolldown';
${NOT_BUNDLED}
const bundle = await rolldown({ input: 'src/main.ts', external, platform: 'node', plugins: [useDurable()] });
await bundle.write({ dir: 'out', sourcemap: true, minify: ${minify} });`;

const esbuild = (minify: boolean): string => `
import { build } from 'esbuild';
import useDurable from 'use-durable/esbuild';
await build({
  entryPoints: ['src/main.ts'],
  outfile: 'out/main.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  minify: ${minify},
  logLevel: 'warning',
  plugins: [useDurable()],
});`;

export const webpack = (pack: string, loader: string, minimize: boolean): string => `
import { fileURLToPath } from 'node:url';
import ${pack} from '${pack}';
import UseDurable from 'use-durable/${pack === 'webpack' ? 'webpack' : 'rspack'}';
const config = {
  mode: 'production',
  target: 'node',
  entry: './src/main.ts',
  devtool: 'source-map',
  externalsType: 'module',
  externals: [/^(node:|use-durable)/],
  output: {
    path: fileURLToPath(new URL('out', import.meta.url)),
    filename: 'main.mjs',
    module: true,
    chunkFormat: 'module',
    library: { type: 'module' },
  },
  experiments: { outputModule: true },
  optimization: { minimize: ${minimize} },
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  module: { rules: [{ test: /\\.ts$/, ${loader} }] },
  plugins: [new UseDurable()],
};
await new Promise((resolve, reject) => {
  ${pack === 'webpack' ? 'webpack' : 'rspack'}(config, (error, stats) => {
    if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString()));
    else resolve();
  });
});`;

const TS_LOADER = `loader: 'ts-loader', options: { transpileOnly: true }`;
const SWC_LOADER = `loader: 'builtin:swc-loader', options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }`;
const rspack = (minimize: boolean): string =>
  webpack('rspack', SWC_LOADER, minimize).replace(
    `import rspack from 'rspack'`,
    `import { rspack } from '@rspack/core'`,
  );

const tsdown = (minify: boolean): string => `
import { build } from 'tsdown';
import useDurable from 'use-durable/rolldown';
await build({
  config: false,
  entry: 'src/main.ts',
  outDir: 'out',
  platform: 'node',
  format: 'esm',
  dts: false,
  sourcemap: true,
  logLevel: 'warn',
  external: [/^use-durable/],
  minify: ${minify},
  plugins: [useDurable()],
});`;

const bunBuild = `
import useDurable from 'use-durable/bun';
await Bun.build({
  entrypoints: ['src/main.ts'],
  outdir: 'out',
  target: 'node',
  packages: 'external',
  minify: true,
  sourcemap: 'linked',
  plugins: [useDurable()],
});`;

/** The file of the command, as the project finds it. */
export const commandOf = (project: Project): string => {
  const find = createRequire(project.path('package.json'));
  return join(dirname(find.resolve('use-durable/package.json')), 'dist/cli/main.js');
};

export const durable = (project: Project, ...args: readonly string[]): Ended =>
  project.node([commandOf(project), ...args]);

const tspc: Route = {
  name: 'tspc',
  build(project) {
    well(project.bin('ts-patch/bin/tspc.js', ['-p', '.']));
    return ['out/main.js'];
  },
};

export const durableBuild: Route = {
  name: 'durable build',
  build(project) {
    well(durable(project, 'build'));
    return ['out/main.js'];
  },
};

/** What a compiler has written, bundled and minified. */
const minified = (route: Route): Route => ({
  ...route,
  name: `${route.name}, minified`,
  build(project) {
    const [main = ''] = route.build(project);
    const script = `
import { build } from 'esbuild';
await build({
  entryPoints: ['${main}'],
  outfile: 'bundle/main.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  minify: true,
  logLevel: 'warning',
});`;
    return scripted(route.name, 'bundle/main.js', script).build(project);
  },
});

export const ROUTES: readonly Route[] = [
  tspc,
  minified(tspc),
  durableBuild,
  minified(durableBuild),
  scripted('vite', 'out/main.js', vite(false)),
  scripted('vite, minified', 'out/main.js', vite(true)),
  scripted('rollup', 'out/main.js', rollup(...TYPESCRIPT_PLUGIN)),
  scripted('rollup, minified', 'out/main.js', rollup(...TYPESCRIPT_PLUGIN, MINIFY)),
  scripted('rolldown', 'out/main.js', rolldown(false)),
  scripted('rolldown, minified', 'out/main.js', rolldown(true)),
  scripted('esbuild', 'out/main.js', esbuild(false)),
  scripted('esbuild, minified', 'out/main.js', esbuild(true)),
  scripted('webpack', 'out/main.mjs', webpack('webpack', TS_LOADER, false)),
  scripted('webpack, minified', 'out/main.mjs', webpack('webpack', TS_LOADER, true)),
  scripted('rspack', 'out/main.mjs', rspack(false)),
  scripted('rspack, minified', 'out/main.mjs', rspack(true)),
  scripted('tsdown', 'out/main.mjs', tsdown(false)),
  scripted('tsdown, minified', 'out/main.mjs', tsdown(true)),
  {
    name: 'node --import use-durable/register',
    build: () => ['--import', 'use-durable/register', 'src/main.ts'],
  },
  {
    name: 'tsx behind use-durable/register',
    build: () => ['--import', 'use-durable/register', '--import', 'tsx', 'src/main.ts'],
  },
  {
    name: 'node --import use-durable/tsx',
    build: () => ['--import', 'use-durable/tsx', 'src/main.ts'],
  },
  {
    name: 'bun run',
    command: BUN,
    columns: 4,
    build: () => ['run', '--preload', 'use-durable/bun', 'src/main.ts'],
  },
  {
    name: 'bun build, minified',
    build(project) {
      project.write('build.ts', bunBuild);
      well(project.run(BUN, ['run', 'build.ts']));
      return ['out/main.js'];
    },
  },
];
