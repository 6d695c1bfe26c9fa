import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  readonly status: number | null;
  readonly output: string;
}

/** A small project of its own that has this package, TypeScript and ts-patch installed; it uses the build in `dist`. */
export class Project {
  readonly folder: string;

  constructor(name: string, files: Readonly<Record<string, string>>) {
    this.folder = join(root, 'test/.tmp', name);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(join(this.folder, 'node_modules/@types'), { recursive: true });
    symlinkSync(root, join(this.folder, 'node_modules/use-durable'));
    for (const dependency of ['typescript', 'ts-patch', '@types/node']) {
      symlinkSync(join(root, 'node_modules', dependency), join(this.folder, 'node_modules', dependency));
    }
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs a tool of the repository (`tspc`, `tsc`) in the project. */
  tool(name: string, ...args: string[]): CommandResult {
    return this.node(join(root, 'node_modules/.bin', name), ...args);
  }

  node(...args: string[]): CommandResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  }
}

/** The text of a `tsconfig.json` with the plugin and the given options over sensible ones. */
export function tsconfig(options: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'es2022',
      // Without "dom", which takes half of the time that a small program takes.
      lib: ['esnext'],
      module: 'nodenext',
      rootDir: 'src',
      outDir: 'out',
      types: ['node'],
      skipLibCheck: true,
      plugins: [{ transform: 'use-durable/tspc', transformProgram: true }],
      ...options,
    },
    include: ['src'],
  });
}
