import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createRuntime, fileStore, type RunEvent } from 'use-durable';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Started {
  readonly pid: number;
  readonly output: readonly string[];
  readonly errors: readonly string[];
  readonly ended: Promise<Ended>;
}

export interface Counts {
  readonly startJob: number;
  readonly checkStatus: number;
}

/** A run of an example: a folder with a store, the processes that work on it, and all that they printed. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'use-durable-example-'));
  readonly path = join(this.folder, 'runs.db');
  readonly id = 'registration';
  /** Lines on stdout of all workers, in order. */
  readonly output: string[] = [];
  readonly #dist: string;
  readonly #children = new Map<ChildProcess, Promise<Ended>>();
  #api = '';

  /** @param dist the compiled example */
  constructor(dist: string) {
    this.#dist = dist;
  }

  /** Starts the job API; workers started from now on are pointed to it. */
  async startApi(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const started = this.run(join(this.#dist, 'job-api.js'), [], { JOB_API_PORT: '0', ...env });
    const url = await until('the job API listens', () => /http:\S+/.exec(started.output.join('\n'))?.[0]);
    this.#api = url;
    return url;
  }

  /** Points workers to an address at which nothing or something else may listen. */
  pointTo(url: string): void {
    this.#api = url;
  }

  async counts(): Promise<Counts> {
    return (await (await fetch(`${this.#api}/counts`)).json()) as Counts;
  }

  /** @param dist whose worker; default: that of the lab. Without an input it recovers. */
  worker(input: object | undefined, dist = this.#dist): Started {
    const args = [this.path, this.id, ...(input === undefined ? [] : [JSON.stringify(input)])];
    return this.run(join(dist, 'worker.js'), args, { JOB_API_URL: this.#api }, this.output);
  }

  run(
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    output: string[] = [],
  ): Started {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, ...env },
      // By the channel the job API notices when the tests themselves are killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const errors: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => output.push(line));
    createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code, signal) => {
        this.#children.delete(child);
        resolve({ code, signal });
      });
    });
    this.#children.set(child, ended);
    return { pid: child.pid!, output, errors, ended };
  }

  /**
   * The same, for a process that kills itself with SIGKILL when it has written so many events; 0: it doesn't.
   */
  mortal(
    dieAfter: number,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    output: string[] = [],
  ): Started {
    if (dieAfter === 0) return this.run(script, args, env, output);
    const { NODE_OPTIONS = '' } = process.env;
    const preload = `${NODE_OPTIONS} --import=${new URL('die-after.ts', import.meta.url).href}`;
    return this.run(
      script,
      args,
      { ...env, NODE_OPTIONS: preload, DIE_AFTER: String(dieAfter), TMPDIR: this.folder },
      output,
    );
  }

  /** The journal so far, read by this process without touching it; empty if there is no run yet. */
  async events(id = this.id): Promise<readonly RunEvent[]> {
    const store = fileStore(this.path);
    const runtime = createRuntime({ store });
    try {
      const run = await runtime.get(id);
      return run === undefined ? [] : await run.events();
    } finally {
      await runtime.close();
      await store.close();
    }
  }

  /** Kills the worker as soon as the journal holds an event like that. */
  async killAt(worker: Started, what: Partial<RunEvent>): Promise<void> {
    const fits = (event: RunEvent): boolean =>
      Object.entries(what).every(([key, value]) => Reflect.get(event, key) === value);
    let running = true;
    void worker.ended.then(() => {
      running = false;
    });
    await until(`${JSON.stringify(what)} is recorded`, async () => {
      if (!running) throw new Error(`The worker ended before it was killed: ${worker.errors.join('\n')}`);
      return (await this.events()).find(fits);
    });
    process.kill(worker.pid, 'SIGKILL');
    await worker.ended;
  }

  /** Ends everything that was started, by process id, and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#children.keys()) child.kill('SIGKILL');
    await Promise.all(this.#children.values());
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The value, once it is there. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 2000; tries++) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    await delay(10);
  }
  throw new Error(`Waited too long: ${what}.`);
}

/** A port of this machine at which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
