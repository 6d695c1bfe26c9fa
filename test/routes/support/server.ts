/** Servers of the projects: processes that listen on a free port of loopback, and are stopped by their ids. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { outerEnvironment, type Project } from './project.ts';

/** Longer than any server here takes to start, or to do what it is asked, on a busy machine. */
const LIMIT_MS = 90_000;

const running = new Set<Server>();

/** The process that is started with the port as `PORT`, and those that it starts itself. */
export class Server {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** All that it has printed so far. */
  output = '';

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
    this.#ended = once(process, 'exit');
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    running.add(this);
  }

  /**
   * Starts Node in the folder of the project, and waits until it listens.
   *
   * @param argsFor the arguments of Node for a port
   */
  static async start(
    project: Project,
    argsFor: (port: string) => readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Server> {
    const port = await freePort();
    const server = Server.#spawn(
      project,
      argsFor(String(port)),
      { PORT: String(port), HOST: '127.0.0.1', ...env },
      port,
    );
    await server.until('it listens', () => server.#answers());
    return server;
  }

  /** Starts Node for something that goes on and doesn't listen, such as a build that watches its files. */
  static run(project: Project, args: readonly string[]): Server {
    return Server.#spawn(project, args, {}, 0);
  }

  static #spawn(
    { folder }: Project,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    port: number,
  ): Server {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...outerEnvironment(), NO_COLOR: '1', ...env },
      // A group of its own, so that what it starts is stopped with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Server(port, child);
  }

  /** The answer to a request, as text. @throws where it isn't a success */
  async ask(method: 'GET' | 'POST', path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      // What a browser sends without asking, a form, is refused by some frameworks.
      ...(method === 'POST' && { headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`${method} ${path}: ${response.status} ${text}\n${this.output}`);
  }

  /** Sends a form, as a browser does. */
  async submit(path: string, form: Readonly<Record<string, string>>): Promise<void> {
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.append(name, value);
    const { ok, status } = await fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'POST', body });
    if (!ok) throw new Error(`POST ${path}: ${status}\n${this.output}`);
  }

  /** The signal that has ended it, when it has ended. */
  async death(): Promise<NodeJS.Signals | null> {
    await this.#ended;
    return this.#process.signalCode;
  }

  /** @throws if the condition does not come true in time, or the process ends before */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const limit = Date.now() + LIMIT_MS;
    while (!(await holds())) {
      const { exitCode, signalCode } = this.#process;
      const ended = exitCode ?? signalCode;
      if (ended !== null || Date.now() > limit)
        throw new Error(`${what}: ${ended === null ? 'not in time' : `ended with ${ended}`}\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined || !running.delete(this)) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The whole group has ended.
    }
    await this.#ended;
  }

  /** For `afterEach`: also what a test that failed has left. */
  static async stopAll(): Promise<void> {
    for (const server of [...running]) await server.stop();
  }

  async #answers(): Promise<boolean> {
    try {
      await fetch(`http://127.0.0.1:${this.port}/`);
      return true;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}
