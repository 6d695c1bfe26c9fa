/** Which tool loads the code of this process, as far as the process shows it. */

/** `compiler` is a build that came before, of which nothing is to be seen. */
export type BuildHost = 'compiler' | 'node' | 'tsx' | 'ts-node' | 'jest' | 'vitest' | 'bun' | 'next';

/** Where tools leave signs of themselves. */
export interface Signs {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Whether a tool has set something in this realm or on the process. Processes inherit variables of the environment, but not this. */
  readonly has: (mark: symbol | string) => boolean;
}

const ofProcess = (): Signs => ({
  env: process.env,
  argv: process.argv,
  execArgv: process.execArgv,
  versions: process.versions,
  has: (mark) => mark in globalThis || mark in process,
});

/** Test runners come first: they load code in processes that may have other signs too. */
export function buildHost({ env, argv, execArgv, versions, has }: Signs = ofProcess()): BuildHost {
  if (has('__vitest_worker__')) return 'vitest';
  // The matchers of Jest are in other runners too, and children of its workers inherit the variable.
  if (env.JEST_WORKER_ID !== undefined && has(Symbol.for('$$jest-matchers-object'))) return 'jest';
  if (env.NEXT_RUNTIME !== undefined) return 'next';
  if (versions.bun !== undefined) return 'bun';
  if ([...execArgv, ...(env.NODE_OPTIONS?.split(/\s+/) ?? [])].some((part) => TSX.test(part))) return 'tsx';
  if (has(Symbol.for('ts-node.register.instance'))) return 'ts-node';
  return /\.[cm]?tsx?$/.test(argv[1] ?? '') ? 'node' : 'compiler';
}

/** `tsx`, `--import=tsx`, `tsx/esm`, and the path of a file of it. */
const TSX = /(?:^|[\\/=])tsx(?:[\\/]|$)/;
