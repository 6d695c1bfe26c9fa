/** Projects on disk, below the install of this folder, that are built and run in processes of their own. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const FRAMEWORKS = join(here, 'frameworks');
/** Longer than any process here takes on a busy machine. */
const LIMIT_MS = 200_000;

/** The program of the package `bun`, which is in a package of its own for each system. */
export const BUN = bunOf(readdirSync(join(here, 'node_modules/@oven')));

function bunOf(packages: readonly string[]): string {
  const [name = 'none'] = packages;
  return join(here, 'node_modules/@oven', name, 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
}

export interface Ended {
  readonly output: string;
  readonly errors: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Project {
  readonly folder: string;

  /**
   * @param path of its folder, absolute or below `tmp`, which is made anew
   * @param install the folder whose install it is below
   */
  constructor(path: string, install = here) {
    this.folder = resolve(install, 'tmp', path);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  /** The corpus: functions of each form, and a program that starts and resumes them. */
  static ofCorpus(path: string, install?: string): Project {
    const project = new Project(path, install);
    cpSync(join(here, 'corpus'), project.folder, { recursive: true });
    return project;
  }

  /** An application of a framework, with the durable functions that all of them have. */
  static ofFramework(name: string, path: string): Project {
    const project = new Project(path, FRAMEWORKS);
    cpSync(join(FRAMEWORKS, name), project.folder, { recursive: true });
    cpSync(join(FRAMEWORKS, 'shop'), project.path('shop'), { recursive: true });
    return project;
  }

  /**
   * Gives it a copy of the package of its own.
   *
   * @param typescript the folder of the TypeScript that the copy finds first; default: that of the install
   */
  installCopy(typescript?: string): this {
    const copy = this.path('node_modules/use-durable');
    cpSync(join(here, 'node_modules/use-durable'), copy, { recursive: true });
    if (typescript !== undefined) symlinkSync(typescript, this.path('node_modules/typescript'), 'junction');
    return this;
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return existsSync(this.path(file)) ? readFileSync(this.path(file), 'utf8') : '';
  }

  /** Runs Node to the end of its process. */
  node(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Ended {
    return this.run(process.execPath, args, env, input);
  }

  /** Runs a command of the install, by the file that its package has for it. */
  bin(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Ended {
    return this.node([join(here, 'node_modules', file), ...args], env, input);
  }

  run(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = '',
  ): Ended {
    const { stdout, stderr, signal, status } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      input,
      env: { ...outerEnvironment(), NO_COLOR: '1', ...env },
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    return { output: stdout, errors: stderr, signal, status };
  }
}

/** What the runner of these tests sets for itself is not for the tools that they run. */
export function outerEnvironment(): NodeJS.ProcessEnv {
  const { VITEST: _, NODE_ENV: __, NODE_OPTIONS: ___, ...outer } = process.env;
  return outer;
}

/** @throws where a command did not end well, with what it printed */
export function well(ended: Ended): Ended {
  if (ended.status === 0) return ended;
  throw new Error(`ended with ${ended.status ?? ended.signal}:\n${ended.output}\n${ended.errors}`);
}
