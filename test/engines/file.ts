import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRuntime, fileStore, type Runtime } from '../../runtime/index.ts';
import { encode } from '../../runtime/values/codec.ts';
import { loadPrograms } from './compile.ts';
import type { Engine, EngineSession, Program } from './harness.ts';
import { functionOf, type Modules, OUTPUT } from './load.ts';
import { runOf } from './local-run.ts';
import { file as traits } from './traits.ts';
import { killing, noteDeath } from './world.ts';

const WORKER = fileURLToPath(new URL('file-worker.ts', import.meta.url));

let counter = 0;

/**
 * Our runtime over a file, and with processes that are killed.
 *
 * @param kills how often each run is killed at most
 */
export const file = (kills: number): Engine => ({
  ...traits,
  open: async (crash) => new FileSession(await loadPrograms('compiled'), crash === 'kill' ? kills : 0),
});

class FileSession implements EngineSession {
  readonly #modules: Modules;
  readonly #kills: number;
  readonly #folder = mkdtempSync(join(OUTPUT, 'file-'));
  readonly #path = join(this.#folder, 'runs.db');
  readonly #store = fileStore(this.#path);
  readonly #runtime: Runtime = createRuntime({ store: this.#store });
  readonly #workers = new Set<ChildProcess>();
  #closed = false;

  constructor(modules: Modules, kills: number) {
    this.#modules = modules;
    this.#kills = kills;
  }

  async start(program: Program) {
    const id = `file-${process.pid}-${++counter}`;
    if (this.#kills === 0) {
      const fn = functionOf(this.#modules, program);
      const handle = await this.#runtime.start(fn, [...program.args], { id });
      return runOf(this.#runtime, id, () => handle.result());
    }
    const result = this.#driveToEnd(id, program);
    result.catch(() => {});
    return runOf(this.#runtime, id, () => result);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await Promise.all([...this.#workers].map((worker) => once(worker, 'exit')));
    await this.#runtime.close();
    await this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One worker after the other, until one of them lives to see the end of the run. */
  async #driveToEnd(id: string, { module, fn, args }: Program): Promise<unknown> {
    const input = await encode(args, 'arguments');
    for (;;) {
      const { signal, code, errors } = await this.#work([this.#path, id, module, fn, input]);
      const handle = await this.#runtime.get(id);
      if (code === 0) return handle?.result();
      if (signal !== 'SIGKILL' || this.#closed)
        throw new Error(`A worker ended with ${code ?? signal}: ${errors}`);
      const events = (await handle?.events()) ?? [];
      noteDeath(
        id,
        events.flatMap((event) => (event.type === 'step' ? [event.key] : [])),
      );
    }
  }

  async #work(args: readonly string[]) {
    const worker = spawn(process.execPath, [WORKER, ...args], {
      env: { ...process.env, ...killing(this.#kills) },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#workers.add(worker);
    let errors = '';
    worker.stderr?.on('data', (data) => {
      errors += String(data);
    });
    const [code, signal] = (await once(worker, 'exit')) as [number | null, NodeJS.Signals | null];
    this.#workers.delete(worker);
    return { code, signal, errors };
  }
}
