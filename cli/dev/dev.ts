/** `durable dev`: a worker that is started again when its code changes. */
import { dirname, relative, resolve } from 'node:path';
import { styled } from '../base/terminal.ts';
import { WatchedFolders } from '../base/watched-folders.ts';
import { onStopRequest } from '../execute/stop-request.ts';
import { WatchedWorker, type WorkerEnd } from './watched-worker.ts';

export interface DevOptions {
  readonly store?: string;
  readonly import?: readonly string[];
}

/** Editors write a file in several operations, and Git many files at once. */
const PAUSE_MS = 100;

/**
 * Runs a worker over modules, and starts it again after each change of a file that it has loaded. Ends when the process is asked to.
 *
 * @returns the exit code
 */
export async function dev(files: readonly string[], options: DevOptions): Promise<number> {
  const loop = new DevLoop(files, options);
  const leave = onStopRequest(() => loop.stop());
  try {
    await loop.run();
  } finally {
    leave();
  }
  return 0;
}

class DevLoop {
  private readonly entries: readonly string[];
  private readonly args: readonly string[];
  private readonly folders = new WatchedFolders((path) => this.noteChange(path));
  private worker: WatchedWorker | undefined;
  /** What was changed since the worker was started. */
  private changed: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;
  private isStopping = false;

  constructor(files: readonly string[], { store, import: first = [] }: DevOptions) {
    this.entries = files.map((file) => resolve(file));
    this.args = [
      ...files,
      '--steps',
      ...(store === undefined ? [] : ['--store', store]),
      ...first.flatMap((name) => ['--import', name]),
    ];
  }

  async run(): Promise<void> {
    while (!this.isStopping) {
      this.changed = undefined;
      const worker = new WatchedWorker(this.args, () => this.watch());
      this.worker = worker;
      this.watch();
      const end = await worker.ended;
      this.worker = undefined;
      if (this.isStopping) break;
      // One that was killed from outside is what durable functions are for.
      if (this.changed === undefined && end.signal === null) await this.nextChange(end);
      if (this.isStopping) break;
      const why =
        this.changed === undefined
          ? `the worker was ended by ${end.signal ?? 'itself'}`
          : `${shown(this.changed)} was changed`;
      console.log(`\n${styled('cyan', '↻')} ${why}`);
    }
    this.folders.closeAll();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    this.wake?.();
    await this.worker?.stop();
  }

  private watch(): void {
    const files = [...this.entries, ...(this.worker?.files ?? [])];
    this.folders.set([...new Set(files.map((file) => dirname(file)))]);
  }

  private noteChange(path: string | undefined): void {
    // One that failed may lack a file that isn't there yet.
    const concerns =
      path === undefined ||
      this.worker === undefined ||
      this.worker.files.has(path) ||
      this.entries.includes(path);
    if (!concerns || this.isStopping) return;
    this.changed ??= path ?? this.entries[0]!;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.restart(), PAUSE_MS);
  }

  private restart(): void {
    this.wake?.();
    this.worker?.stop().catch((error: unknown) => console.error(error));
  }

  private async nextChange({ code }: WorkerEnd): Promise<void> {
    console.log(
      styled('dim', `The worker has ended${code === 0 ? '' : ' with an error'}. Waiting for a change.`),
    );
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }
}

const shown = (path: string): string => relative(process.cwd(), path);
