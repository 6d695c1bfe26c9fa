import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child {
  /** For people. */
  readonly name: string;
  readonly pid: number;
  /** What it wrote to stderr so far. */
  readonly errors: readonly string[];
  /** Undefined as long as it runs. */
  readonly exit: Exit | undefined;
  /** Resolves when it has ended and all its output was read. */
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The processes that this one started. None of them outlives it. */
export class Processes {
  readonly folder: string;
  readonly #running = new Map<ChildProcess, Promise<Exit>>();

  /** @param folder in which they work */
  constructor(folder: string) {
    this.folder = folder;
    process.once('exit', () => this.#kill());
  }

  /** Ends all of them, and resolves when they are gone. */
  async stop(): Promise<void> {
    this.#kill();
    await Promise.all(this.#running.values());
  }

  #kill(): void {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
  }

  /** Runs a script with this Node; `onLine` gets its stdout line by line. */
  async start(
    name: string,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    onLine: (line: string, pid: number) => void,
  ): Promise<Child> {
    const child = fork(script, args, { cwd: this.folder, env: { ...process.env, ...env }, silent: true });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(new Error(`${name} could not be started.`, { cause })));
    });
    const pid = child.pid!;
    const errors: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => onLine(line, pid));
    createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));

    let exit: Exit | undefined;
    const exited = new Promise<Exit>((resolve) => {
      child.once('close', (code, signal) => {
        this.#running.delete(child);
        exit = { code, signal };
        resolve(exit);
      });
    });
    this.#running.set(child, exited);
    return {
      name,
      pid,
      errors,
      exited,
      kill: (signal) => child.kill(signal),
      get exit() {
        return exit;
      },
    };
  }
}

/** @throws Error with what the process said, unless it ended well */
export function assertEndedWell({ name, pid, exit, errors }: Child): void {
  if (exit?.code === 0) return;
  const how = exit?.signal ? `was killed by ${exit.signal}` : `ended with exit code ${exit?.code}`;
  throw new Error([`${name} (process ${pid}) ${how}.`, ...errors].join('\n'));
}
