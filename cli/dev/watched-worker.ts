import { type ChildProcess, spawn } from 'node:child_process';
import type { LoadedFile } from '../execute/loaded-files.ts';

/** How long the steps of a worker that is restarted may go on, in ms: what doesn't end in time is called again. */
const GRACE_MS = 2_000;
/** After that it is killed. A worker may be in a loop of its code. */
const KILL_MS = GRACE_MS + 3_000;

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that runs `durable worker`, and the files that it has loaded. */
export class WatchedWorker {
  readonly files = new Set<string>();
  /** Resolves when the process has ended. */
  readonly ended: Promise<WorkerEnd>;
  private readonly child: ChildProcess;

  /**
   * @param args of `durable worker`
   * @param onFile is called for each file that it loads
   */
  constructor(args: readonly string[], onFile: () => void) {
    const command = [process.argv[1]!, 'worker', ...args, '--grace', String(GRACE_MS)];
    this.child = spawn(process.execPath, [...process.execArgv, ...command], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (message: LoadedFile) => {
      this.files.add(message.loaded);
      onFile();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Lets the steps that are under way end. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), KILL_MS);
    this.child.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }
}
