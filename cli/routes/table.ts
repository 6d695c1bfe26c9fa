/**
 * The build routes, as `init` and `doctor` know them: by what a tool is recognized, and what has to be written for it. A new
 * route is a row of this table; a new way to be configured is a kind, with a file beside this one that carries it out.
 */
interface Named {
  /** The tool, as it is named to users. */
  readonly tool: string;
  /** What the tool has to be given. */
  readonly entry: string;
  /** The heading of its recipe in `docs/routes.md`. */
  readonly page: string;
  /** What has to be installed beside this package and TypeScript. */
  readonly packages?: readonly string[];
}

/** A plugin in a list of a configuration that is a module. */
export interface ConfigRoute extends Named {
  readonly kind: 'config';
  /** The name of the file. */
  readonly files: RegExp;
  /** The keys that lead to the list, in the object of the configuration. */
  readonly path: readonly string[];
  readonly plugin: 'useDurable()' | 'new UseDurable()';
  /** The file to make where the tool is a dependency and has no configuration, and the packages that show it. */
  readonly create?: { readonly file: string; readonly from: string; readonly dependency: string };
}

/** The whole configuration, a module, goes through a function of the entry. */
export interface WrapRoute extends Named {
  readonly kind: 'wrap';
  readonly files: RegExp;
  readonly function: string;
}

/** A plugin in a list of the options of a call. */
export interface CallRoute extends Named {
  readonly kind: 'call';
  /** The package whose functions are called. */
  readonly package: string;
  readonly functions: readonly string[];
  readonly path: readonly string[];
  readonly plugin: 'useDurable()';
}

/** An element of a list in `compilerOptions` of a JSON file. */
export interface JsonRoute extends Named {
  readonly kind: 'json';
  readonly files: RegExp;
  readonly list: string;
  /** A setting with which the tool calls no plugins, and what to write in its place. */
  readonly deaf: { readonly when: RegExp; readonly instead: string };
}

/** The compiler of TypeScript, with a plugin in its `tsconfig.json`. */
export interface CompilerRoute extends Named {
  readonly kind: 'compiler';
}

/** A program that runs sources, started by a script of `package.json`. */
export interface ScriptRoute extends Named {
  readonly kind: 'script';
  readonly program: string;
  /** The command for the arguments that the script gives to the program. */
  readonly write: (args: string) => string;
}

/** A tool whose configuration has many forms: the lines are shown, and not written. */
export interface ManualRoute extends Named {
  readonly kind: 'manual';
  /** What a script says that starts the tool. */
  readonly command: RegExp;
  readonly files: RegExp;
  /** What a configuration says that has the plugin. */
  readonly has: RegExp;
  readonly lines: string;
}

/** A tool that can't compile durable functions as it is used. */
export interface AdviceRoute extends Named {
  readonly kind: 'advice';
  /** The program in a script. */
  readonly program: RegExp;
  /** What to do instead. */
  readonly advice: string;
}

export type Route =
  | ConfigRoute
  | WrapRoute
  | CallRoute
  | JsonRoute
  | CompilerRoute
  | ScriptRoute
  | ManualRoute
  | AdviceRoute;

/** The program and the modules that it loads before the first file. */
const node = (before: string, args: string): string => {
  const watch = /^watch\s+/;
  return `node ${watch.test(args) ? '--watch ' : ''}${before} ${args.replace(watch, '')}`;
};

export const ROUTES: readonly Route[] = [
  { kind: 'compiler', tool: 'tspc', entry: 'use-durable/tspc', page: 'tspc', packages: ['ts-patch'] },
  {
    kind: 'config',
    tool: 'Vite',
    entry: 'use-durable/vite',
    page: 'vite-and-vitest',
    files: /^vite\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'useDurable()',
    create: { file: 'vite.config.ts', from: 'vite', dependency: 'vite' },
  },
  {
    kind: 'config',
    tool: 'Vitest',
    entry: 'use-durable/vite',
    page: 'vite-and-vitest',
    files: /^vitest\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'useDurable()',
    create: { file: 'vitest.config.ts', from: 'vitest/config', dependency: 'vitest' },
  },
  {
    kind: 'config',
    tool: 'Astro',
    entry: 'use-durable/vite',
    page: 'vite-and-vitest',
    files: /^astro\.config\.[cm]?[jt]s$/,
    path: ['vite', 'plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'config',
    tool: 'Nuxt',
    entry: 'use-durable/vite',
    page: 'vite-and-vitest',
    files: /^nuxt\.config\.[cm]?[jt]s$/,
    path: ['vite', 'plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'config',
    tool: 'Rollup',
    entry: 'use-durable/rollup',
    page: 'rollup',
    files: /^rollup\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'config',
    tool: 'Rolldown',
    entry: 'use-durable/rolldown',
    page: 'rolldown-and-tsdown',
    files: /^rolldown\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'config',
    tool: 'tsdown',
    entry: 'use-durable/rolldown',
    page: 'rolldown-and-tsdown',
    files: /^tsdown\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'call',
    tool: 'esbuild',
    entry: 'use-durable/esbuild',
    page: 'esbuild',
    package: 'esbuild',
    functions: ['build', 'context'],
    path: ['plugins'],
    plugin: 'useDurable()',
  },
  {
    kind: 'config',
    tool: 'webpack',
    entry: 'use-durable/webpack',
    page: 'webpack-and-rspack',
    files: /^webpack\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'new UseDurable()',
  },
  {
    kind: 'config',
    tool: 'Rspack',
    entry: 'use-durable/rspack',
    page: 'webpack-and-rspack',
    files: /^rspack\.config\.[cm]?[jt]s$/,
    path: ['plugins'],
    plugin: 'new UseDurable()',
  },
  {
    kind: 'wrap',
    tool: 'Next',
    entry: 'use-durable/next',
    page: 'next',
    files: /^next\.config\.[cm]?[jt]s$/,
    function: 'withDurable',
  },
  {
    kind: 'script',
    tool: 'Node',
    entry: 'use-durable/register',
    page: 'node',
    program: 'node',
    write: (args) => node('--import use-durable/register', args),
  },
  {
    kind: 'script',
    tool: 'tsx',
    entry: 'use-durable/tsx',
    page: 'tsx',
    program: 'tsx',
    packages: ['tsx'],
    write: (args) => node('--import use-durable/tsx', args),
  },
  {
    kind: 'json',
    tool: 'Nest',
    entry: 'use-durable/nest',
    page: 'nestjs',
    files: /^nest-cli\.json$/,
    list: 'plugins',
    deaf: { when: /"builder"\s*:\s*(?:\{\s*"type"\s*:\s*)?"swc"/, instead: '"builder": "tsc"' },
  },
  {
    kind: 'script',
    tool: 'Bun',
    entry: 'use-durable/bun',
    page: 'bun',
    program: 'bun',
    write: (args) => `bun --preload use-durable/bun ${args.replace(/^run\s+/, '')}`,
  },
  {
    kind: 'manual',
    tool: 'Jest',
    entry: 'use-durable/jest',
    page: 'jest',
    command: /\bjest\b/,
    files: /^jest\.config\.([cm]?[jt]s|json)$/,
    has: /use-durable\/jest|ts-patch\/compiler/,
    lines: '"extensionsToTreatAsEsm": [".ts"]\n"transform": { "\\\\.[cm]?[jt]sx?$": "use-durable/jest" }',
  },
  {
    kind: 'advice',
    tool: 'esbuild on the command line',
    entry: 'use-durable/esbuild',
    page: 'esbuild',
    program: /^esbuild$/,
    advice:
      'The command takes no plugins. Write a build script that calls `build` of esbuild, with `plugins: [useDurable()]`.',
  },
  {
    kind: 'advice',
    tool: 'ts-node or SWC',
    entry: 'use-durable/register',
    page: 'node',
    program: /^(ts-node|ts-node-esm|ts-node-dev|tsnd|swc|swc-node|babel|babel-node)$/,
    advice:
      'There is no plugin for this program. Start the source by `node --import use-durable/register`, or build it by tspc.',
  },
];
