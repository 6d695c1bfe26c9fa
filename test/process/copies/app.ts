/** Apps on disk with copies of the built package of their own, run in processes of their own. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import ts from 'typescript';
import { type FileId, formatDiagnostic, transform } from '../../../transformer/index.ts';

/** Longer than any process here takes on a busy machine. */
const LIMIT_MS = 100_000;

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Life {
  /** What the process printed. */
  readonly output: string;
  readonly errors: string;
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
}

export class App {
  readonly folder: string;

  /** @param name of its folder, which is made anew */
  constructor(name: string) {
    this.folder = join(root, 'test/.tmp/copies', name);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.write('package.json', JSON.stringify({ name: 'app', type: 'module' }));
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  /**
   * Compiles a TypeScript source for the package that it belongs to, to a file of the same name in JavaScript.
   *
   * @param fileId what goes into the ids of its functions; default: the path in the app
   */
  compile(file: string, source: string, fileId?: FileId): void {
    const { code, diagnostics } = transform(source, { fileName: file, fileId });
    const error = diagnostics.find(({ severity }) => severity === 'error');
    if (error !== undefined) throw new Error(formatDiagnostic(error, source));
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    this.write(file.replace(/ts$/, 'js'), ts.transpileModule(code, { compilerOptions }).outputText);
  }

  /** Installs a copy of the built package below a folder; returns where it is. */
  install(below = '.', change?: (text: string) => string): string {
    const target = this.path(join(below, 'node_modules/use-durable'));
    cpSync(join(root, 'dist/runtime'), join(target, 'dist/runtime'), { recursive: true });
    cpSync(join(root, 'package.json'), join(target, 'package.json'));
    const state = join(target, 'dist/runtime/base/process-state.js');
    if (change !== undefined) writeFileSync(state, change(readFileSync(state, 'utf8')));
    return target;
  }

  /** Runs a file to the end of its process. */
  run(file: string, env: Readonly<Record<string, string>> = {}): Life {
    const { stdout, stderr, signal, status } = spawnSync(process.execPath, [file], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      // A process that hangs fails its test.
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    return { output: stdout, errors: stderr, signal, status };
  }

  remove(...files: readonly string[]): void {
    for (const file of files) rmSync(this.path(file), { force: true });
  }

  /** The lines of a file that the app has written; none if it hasn't. */
  lines(file: string): string[] {
    return existsSync(this.path(file)) ? readFileSync(this.path(file), 'utf8').trim().split('\n') : [];
  }
}

/** Bundles a file of an app, as frameworks do: with the package and all else in it. */
export async function bundle(
  app: App,
  entry: string,
  outfile: string,
  options: BuildOptions = {},
): Promise<void> {
  const { warnings } = await build({
    absWorkingDir: app.folder,
    entryPoints: [entry],
    outfile: app.path(outfile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    ...options,
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
}

/** A module of an app: what steps do to the world, one line each. */
export const EFFECTS = `import { appendFileSync } from 'node:fs';
export const effect = (what) => appendFileSync('effects.txt', what + '\\n');
`;

/** A module of an app: a store in a file, and a runtime on it that dies when so many events are written. */
export const RUNTIME = `import { createRuntime, fileStore } from 'use-durable';
const store = fileStore('runs.db');
let left = Number(process.env.DIE_AFTER || Infinity);
const append = (batch) => {
  const written = batch.map((one) => {
    const events = one.events.slice(0, left);
    left -= events.length;
    return { ...one, events };
  });
  const refused = store.append(written);
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
  return refused;
};
const mortal = new Proxy(store, {
  get(_, key) {
    const method = key === 'append' ? append : Reflect.get(store, key);
    return typeof method === 'function' ? method.bind(store) : method;
  },
});
export const runtime = createRuntime({ store: mortal });
`;
