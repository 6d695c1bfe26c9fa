/** Whether the file that a store has open is still the one at its path. */
import { existsSync, statSync } from 'node:fs';
import { fileCutOff, fileDeleted, fileReplaced, walDeleted } from '../base/messages/damage.ts';

/** How often the identity of the `-wal` file is checked, in ms. */
const WAL_MS = 20;

/**
 * SQLite continues to use a file that was deleted or replaced. What it writes there is lost, and it may even write into the
 * `-wal` file of the new file. So the file is checked before each use. The check takes a few microseconds, little beside a
 * commit. Each commit writes to the `-wal` file. A `stat` of it in between makes the next `fdatasync` a third slower;
 * checking that it exists does not.
 */
export class FileWatch {
  readonly #path: string;
  readonly #device: number;
  readonly #inode: number;
  /** The largest size that was seen. The file of a store never shrinks by itself. */
  #size: number;
  /** The inode of the `-wal` file, once there is one. */
  #wal: number | undefined;
  /** When it was read last, by `performance.now()`. */
  #walSeenAt = Number.NEGATIVE_INFINITY;

  /** @param path of a file that is open already */
  constructor(path: string) {
    const { dev, ino, size } = statSync(path);
    this.#path = path;
    this.#device = dev;
    this.#inode = ino;
    this.#size = size;
  }

  /** What has happened to the file, as text; undefined while it is there. */
  trouble(): string | undefined {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return fileDeleted();
    const { dev, ino, size } = found;
    if (dev !== this.#device || ino !== this.#inode) return fileReplaced();
    if (size < this.#size) return fileCutOff();
    this.#size = size;
    if (this.#wal !== undefined && !existsSync(`${this.#path}-wal`)) return walDeleted();
    const now = performance.now();
    if (this.#wal !== undefined && now - this.#walSeenAt < WAL_MS) return undefined;
    this.#walSeenAt = now;
    const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.ino;
    if (this.#wal !== undefined && wal !== this.#wal) return walDeleted();
    this.#wal = wal;
    return undefined;
  }
}
