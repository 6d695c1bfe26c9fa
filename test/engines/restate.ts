import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type RestateClient,
  type RestateHandle,
  type RestateListener,
  restateClient,
  toRestate,
} from '../../runtime/engines/restate/index.ts';
import { loadPrograms } from './compile.ts';
import type { Crashes, Engine, EngineRun, EngineSession, Program } from './harness.ts';
import { functionOf, type Modules } from './load.ts';
import { servedFunctions } from './restate-functions.ts';
import { freePort, RestateServer } from './restate-server.ts';
import { serveSuspending } from './restate-suspending.ts';
import { restate as traits } from './traits.ts';
import { killing, openWorld } from './world.ts';

const WORKER = fileURLToPath(new URL('restate-worker.ts', import.meta.url));

let counter = 0;

/**
 * Restate, with its real server.
 *
 * @param kills how often the process of the functions is killed for each run at most
 */
export const restate = (kills: number): Engine => ({
  ...traits,
  open: async (crash) => {
    const modules = await loadPrograms('compiled');
    const server = await RestateServer.start();
    try {
      const service = await serve(crash, modules, kills);
      await server.register(service.url);
      return new RestateSession(modules, server, service);
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
});

type Service = Pick<RestateListener, 'url' | 'close'>;

async function serve(crash: Crashes, modules: Modules, kills: number): Promise<Service> {
  if (crash === 'kill') return MortalService.start({ environment: killing(kills) });
  const functions = servedFunctions(modules);
  return crash === 'replay' ? serveSuspending(functions) : toRestate(functions).listen(0);
}

class RestateSession implements EngineSession {
  readonly #modules: Modules;
  readonly #server: RestateServer;
  readonly #service: Service;
  readonly #client: RestateClient;

  constructor(modules: Modules, server: RestateServer, service: Service) {
    this.#modules = modules;
    this.#server = server;
    this.#service = service;
    this.#client = restateClient(server.ingress);
  }

  async start(program: Program): Promise<EngineRun> {
    const fn = functionOf(this.#modules, program);
    const id = `restate-${process.pid}-${++counter}`;
    const handle = await this.#client.start(fn, [...program.args], { id });
    return runOf(this.#client, handle);
  }

  async close(): Promise<void> {
    await this.#service.close();
    await this.#server.stop();
  }
}

const runOf = (client: RestateClient, handle: RestateHandle): EngineRun => ({
  id: handle.id,
  result: () => handle.result(),
  signal: (name, payload) => handle.signal(name, payload),
  complete: (token, value) => client.complete(token, value),
  fail: (token, error) => client.fail(token, error),
  cancel: (reason) => handle.cancel(reason),
});

/** A process that serves the programs, and another at the same address whenever it was killed. */
export class MortalService implements Service {
  readonly #port: number;
  readonly #environment: Record<string, string>;
  #process: ChildProcess | undefined;
  #closed = false;

  /** @param port default: a free one */
  static async start({
    port,
    environment = {},
  }: {
    port?: number;
    environment?: Record<string, string>;
  } = {}): Promise<MortalService> {
    // The folder of the world is made, so that all processes have the same.
    openWorld();
    const service = new MortalService(port ?? (await freePort()), environment);
    await service.#start();
    return service;
  }

  private constructor(port: number, environment: Record<string, string>) {
    this.#port = port;
    this.#environment = environment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #start(): Promise<void> {
    const child = spawn(process.execPath, [WORKER, String(this.#port)], {
      env: {
        ...process.env,
        RESTATE_LOGGING: 'ERROR',
        ...this.#environment,
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process = child;
    child.once('exit', (_code, signal) => {
      if (!this.#closed && signal === 'SIGKILL') void this.#start();
    });
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}.`);
  }
}
