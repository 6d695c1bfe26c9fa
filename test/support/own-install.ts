/** What the tests with an install of their own share: `npm run test:packages`, `test:engines` and `test:nodes`. */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** The Node that runs it, by default that of this process. */
  readonly node?: string;
}

/** The tests of one folder that has a package.json and a lockfile of its own. A command that fails ends the process. */
export class OwnInstall {
  readonly #folder: string;
  readonly #name: string;

  /** @param name of the script in package.json that this is */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /**
   * Installs what the lockfile says, unless it is there already.
   *
   * @param scripts packages may run the scripts that they have for an install
   */
  install(scripts: 'with scripts' | 'without scripts'): void {
    const stamp = join(this.#folder, 'node_modules/.installed');
    const lock = hash('sha256', readFileSync(join(this.#folder, 'package-lock.json')), 'hex');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
    const flags = ['--no-audit', '--no-fund', ...(scripts === 'with scripts' ? [] : ['--ignore-scripts'])];
    this.#run('npm', ['ci', ...flags], this.#folder);
    writeFileSync(stamp, lock);
  }

  /** A script, relative to the folder. */
  script(path: string, args: readonly string[], options?: RunOptions): void {
    this.#run(options?.node ?? process.execPath, [path, ...args], this.#folder, options?.env);
  }

  /** Checks the types of the folder. */
  checkTypes(): void {
    this.#run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', this.#folder], root);
  }

  /** Runs tests, from the root of the repository. */
  vitest(args: readonly string[], options?: RunOptions): void {
    if (!this.passes(args, options)) process.exit(1);
  }

  /** Runs tests, and returns whether they pass. */
  passes(args: readonly string[], options?: RunOptions): boolean {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const node = options?.node ?? process.execPath;
    // What tests start by name, such as npm, runs on this Node as well, and knows its flags.
    const env = { PATH: [dirname(node), process.env.PATH].join(delimiter), ...options?.env };
    return this.#succeeds(node, [vitest, 'run', ...args], root, env);
  }

  /** The arguments that have vitest run the tests of the folder alone. */
  get ownConfig(): readonly string[] {
    return ['--config', join(this.#folder, 'vitest.config.ts')];
  }

  #run(command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): void {
    if (!this.#succeeds(command, args, cwd, env)) process.exit(1);
  }

  #succeeds(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): boolean {
    const { status, error } = spawnSync(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status === 0) return true;
    console.error(`${this.#name}: \`${command} ${args.join(' ')}\` in ${cwd} ended with ${error ?? status}.`);
    return false;
  }
}
