/** The kinds of build routes: how a tool is configured, and what has to be written for it. */

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
  /** The expression that is the plugin; some tools take the name of a module. */
  readonly plugin: 'useDurable()' | 'new UseDurable()' | "'use-durable/nitro'";
  /** The keys of its entries, where these decide which files it compiles. */
  readonly entries?: readonly string[];
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
  readonly entries?: readonly string[];
}

/** Routes whose configuration is a module. */
export type Configured = ConfigRoute | WrapRoute | CallRoute;

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

/** A linter: an element of the list of configurations that a module exports. It compiles nothing. */
export interface LintRoute extends Named {
  readonly kind: 'lint';
  readonly files: RegExp;
  readonly plugin: 'useDurable.configs.recommended';
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
  | LintRoute
  | AdviceRoute;
