/** Whether the file that a store has open is still the one at its path. */
import { existsSync, statSync } from 'node:fs';

/** How often it is asked which file the `-wal` file is, in ms. */
const WAL_MS = 20;

/**
 * SQLite goes on with a file that was deleted or replaced, and nobody will find what it writes there; it may even write
 * into the `-wal` file of the one that took its place. So this is asked before everything that is done with the file. It
 * costs a few microseconds, which is little beside a commit. Each commit writes to the `-wal` file, and to
 * ask for its times in between (`stat`) makes the next `fdatasync` cost a third more; whether it is there costs nothing.
 */
export class FileWatch {
  readonly #path: string;
  readonly #device: number;
  readonly #inode: number;
  /** The largest that was seen. The file of a store never shrinks by itself. */
  #size: number;
  /** Of the `-wal` file, once there is one. */
  #wal: number | undefined;
  /** When that was looked at last, by `performance.now()`. */
  #walSeenAt = Number.NEGATIVE_INFINITY;

  /** @param path of a file that is open already */
  constructor(path: string) {
    const { dev, ino, size } = statSync(path);
    this.#path = path;
    this.#device = dev;
    this.#inode = ino;
    this.#size = size;
  }

  /** What has become of the file, in words; undefined while it is there. */
  trouble(): string | undefined {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return 'it was deleted or moved away while it was in use';
    const { dev, ino, size } = found;
    if (dev !== this.#device || ino !== this.#inode) return 'another file took its place while it was in use';
    if (size < this.#size) return 'it was cut off while it was in use';
    this.#size = size;
    if (this.#wal !== undefined && !existsSync(`${this.#path}-wal`)) return WITHOUT_WAL;
    const now = performance.now();
    if (this.#wal !== undefined && now - this.#walSeenAt < WAL_MS) return undefined;
    this.#walSeenAt = now;
    const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.ino;
    if (this.#wal !== undefined && wal !== this.#wal) return WITHOUT_WAL;
    this.#wal = wal;
    return undefined;
  }
}

const WITHOUT_WAL = 'its -wal file was deleted while it was in use';
