/** A real Restate server on loopback, with a folder of its own, that can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OUTPUT } from './load.ts';

/** How long a server may take to start, in ms. */
const PATIENCE = 60_000;
/** How soon a lost service is tried again; and no more parts than are of use to one small machine. */
const SETTINGS = {
  RESTATE_DEFAULT_NUM_PARTITIONS: '2',
  RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL: '20ms',
  RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL: '200ms',
};

/** What is of no interest to a test of the engine. */
export interface ServerOptions {
  /** The module beside whose packages the server is installed. */
  readonly modules?: string;
  /** Where it gets a folder of its own. */
  readonly folder?: string;
  /** In the place of those for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export class RestateServer {
  readonly #options: Required<ServerOptions>;
  readonly #folder: string;
  readonly #ports: readonly [ingress: number, admin: number, node: number];
  #process: ChildProcess | undefined;

  /** Rejects with the reason if it doesn't start. */
  static async start(options: ServerOptions = {}): Promise<RestateServer> {
    const server = new RestateServer([await freePort(), await freePort(), await freePort()], options);
    await server.start();
    return server;
  }

  private constructor(
    ports: readonly [number, number, number],
    { modules = import.meta.url, folder = OUTPUT, settings = SETTINGS }: ServerOptions,
  ) {
    this.#ports = ports;
    this.#options = { modules, folder, settings };
    mkdirSync(folder, { recursive: true });
    this.#folder = mkdtempSync(join(folder, 'restate-'));
  }

  get ingress(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.#ports[1]}`;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('The server is not running.');
    return pid;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'a');
    const { modules, settings } = this.#options;
    const child = spawn(binary(modules), serverArguments(this.#folder), {
      env: { ...process.env, ...settings, ...this.#environment() },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#process = child;
    const started = Date.now();
    while (
      !((await isHealthy(`${this.ingress}/restate/health`)) && (await isHealthy(`${this.admin}/health`)))
    ) {
      if (hasEnded(child)) throw new Error(`The Restate server ended: ${this.#log()}`);
      if (Date.now() - started > PATIENCE)
        throw new Error(`The Restate server doesn't start: ${this.#log()}`);
      await delay(20);
    }
  }

  /** Makes the services at this address known. */
  async register(uri: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ uri });
    const answer = await fetch(`${this.admin}/deployments`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`Not registered: ${answer.status} ${await answer.text()}`);
  }

  /**
   * Starts it again once somebody has killed it.
   *
   * @param spared nobody will
   */
  async revive(spared: AbortSignal): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    if (!hasEnded(child)) await once(child, 'exit', { signal: spared }).catch(() => {});
    if (!spared.aborted) await this.start();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || hasEnded(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(): Record<string, string> {
    const [ingress, admin, node] = this.#ports.map(String) as [string, string, string];
    return {
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_INGRESS__BIND_PORT: ingress,
      RESTATE_ADMIN__BIND_PORT: admin,
      RESTATE_BIND_PORT: node,
    };
  }

  #log(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8').slice(-2000);
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

function binary(modules: string): string {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  return createRequire(modules).resolve(`${name}/bin/restate-server`);
}

const serverArguments = (folder: string): string[] => [
  '--no-logo',
  '--listen-mode',
  'tcp',
  '--bind-ip',
  '127.0.0.1',
  '--advertised-host',
  '127.0.0.1',
  '--node-name',
  'n1',
  '--base-dir',
  folder,
];

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
