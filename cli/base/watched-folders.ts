import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';

/** Programs write other files beside sources: databases, logs. A name without an extension may be a folder. */
const CONCERNS = /(\.([cm]?[jt]sx?|json)|(^|[\\/])[^.]+)$/i;

/** Folders without those in them, which are watched on their own: so what is installed costs nothing. */
export class WatchedFolders {
  private readonly onChange: (path: string | undefined) => void;
  private readonly watchers = new Map<string, FSWatcher>();

  /** @param onChange is given the path of what was changed; undefined where that isn't known */
  constructor(onChange: (path: string | undefined) => void) {
    this.onChange = onChange;
  }

  /** Watches these, and no others from now on. One that is not there is left out. */
  set(folders: readonly string[]): void {
    const wanted = new Set(folders);
    for (const folder of this.watchers.keys()) if (!wanted.has(folder)) this.close(folder);
    for (const folder of wanted) if (!this.watchers.has(folder)) this.open(folder);
  }

  /** Whether one of these is not watched. */
  lacks(folders: readonly string[]): boolean {
    return folders.some((folder) => !this.watchers.has(folder));
  }

  closeAll(): void {
    this.set([]);
  }

  private open(folder: string): void {
    try {
      const watcher = watch(folder, (event, name) => {
        // A folder that is made again after it was removed needs a new watcher.
        if (event === 'rename' && name === basename(folder)) this.close(folder);
        if (name === null) this.onChange(undefined);
        else if (CONCERNS.test(name)) this.onChange(join(folder, name));
      });
      watcher.on('error', () => {
        this.close(folder);
        this.onChange(undefined);
      });
      this.watchers.set(folder, watcher);
    } catch {
      // It has gone meanwhile. The folder above tells when it comes back.
    }
  }

  private close(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }
}
